// Linking: tracklets, hypotheses, clustering, linkages.
