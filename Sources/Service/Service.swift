// Service: the catalog over HTTP, for programs, for the Virtual Observatory and for people.
//
// In:      requests; a catalog (opened read-only) and its night's table.
// Out:     JSON, CSV, VOTable and the export formats; metrics; a web page.
// Refuses: to write anything but users' filters, with a token (Filters/); to compute anything itself (Prediction, Astrometry and Exchange do);
//          requests that are malformed, too large, too many, or too dear: 4xx, and why.
//
// Start reading at EclipticService.swift (what runs), then HTTP/Endpoint.swift (how a path is
// declared: its parameters are checked, and described in the OpenAPI document, from one place) and
// Endpoints/ (one file each).
