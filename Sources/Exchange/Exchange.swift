// Exchange: every file format, in and out.
