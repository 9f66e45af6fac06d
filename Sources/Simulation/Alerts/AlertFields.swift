/// The fields of simulated alerts: names, order and types of LSST's alert packets, version 10.0, so
/// that whatever reads those reads these. Each line is a type and the fields of it that follow each
/// other; `?` allows null, `[x]` is a list; a line that begins with two spaces goes on.
enum AlertFields {
  /// A detection on a difference image.
  static let diaSource = """
    long: diaSourceId visit
    int: detector
    long?: diaObjectId ssObjectId parentDiaSourceId
    double: midpointMjdTai ra
    float?: raErr
    double: dec
    float?: decErr ra_dec_Cov
    float: x
    float?: xErr
    float: y
    float?: yErr
    boolean?: centroid_flag
    float?: apFlux apFluxErr
    boolean?: apFlux_flag apFlux_flag_apertureTruncated isNegative
    float?: snr psfFlux psfFluxErr psfLnL psfChi2
    int?: psfNdata
    boolean?: psfFlux_flag psfFlux_flag_edge psfFlux_flag_noGoodPixels
    float?: trailFlux trailFluxErr
    double?: trailRa
    float?: trailRaErr
    double?: trailDec
    float?: trailDecErr trailLength trailLengthErr trailAngle trailAngleErr trailChi2
    int?: trailNdata
    boolean?: trail_flag_edge
    float?: dipoleMeanFlux dipoleMeanFluxErr dipoleFluxDiff dipoleFluxDiffErr dipoleLength
      dipoleAngle dipoleChi2
    int?: dipoleNdata
    float?: scienceFlux scienceFluxErr
    boolean?: forced_PsfFlux_flag forced_PsfFlux_flag_edge forced_PsfFlux_flag_noGoodPixels
    float?: templateFlux templateFluxErr ixx iyy ixy ixxPSF iyyPSF ixyPSF
    boolean?: shape_flag shape_flag_no_pixels shape_flag_not_contained shape_flag_parent_source
    float?: extendedness reliability
    string?: band
    boolean?: isDipole dipoleFitAttempted
    double: timeProcessedMjdTai
    double?: timeWithdrawnMjdTai
    int?: bboxSize
    boolean?: pixelFlags pixelFlags_bad pixelFlags_cr pixelFlags_crCenter pixelFlags_edge
      pixelFlags_nodata pixelFlags_nodataCenter pixelFlags_interpolated
      pixelFlags_interpolatedCenter pixelFlags_offimage pixelFlags_saturated
      pixelFlags_saturatedCenter pixelFlags_suspect pixelFlags_suspectCenter pixelFlags_streak
      pixelFlags_streakCenter pixelFlags_injected pixelFlags_injectedCenter
      pixelFlags_injected_template pixelFlags_injected_templateCenter glint_trail
    """

  /// A flux measured at a known place.
  static let diaForcedSource = """
    long: diaForcedSourceId diaObjectId
    double: ra dec
    long: visit
    int: detector
    float?: psfFlux psfFluxErr
    double: midpointMjdTai
    float?: scienceFlux scienceFluxErr
    string?: band
    double: timeProcessedMjdTai
    double?: timeWithdrawnMjdTai
    """

  /// A source that stays where it is.
  static let diaObject = """
    long: diaObjectId
    double: validityStartMjdTai ra
    float?: raErr
    double: dec
    float?: decErr ra_dec_Cov u_psfFluxMean u_psfFluxMeanErr u_psfFluxSigma
    int?: u_psfFluxNdata
    float?: u_fpFluxMean u_fpFluxMeanErr g_psfFluxMean g_psfFluxMeanErr g_psfFluxSigma
    int?: g_psfFluxNdata
    float?: g_fpFluxMean g_fpFluxMeanErr r_psfFluxMean r_psfFluxMeanErr r_psfFluxSigma
    int?: r_psfFluxNdata
    float?: r_fpFluxMean r_fpFluxMeanErr i_psfFluxMean i_psfFluxMeanErr i_psfFluxSigma
    int?: i_psfFluxNdata
    float?: i_fpFluxMean i_fpFluxMeanErr z_psfFluxMean z_psfFluxMeanErr z_psfFluxSigma
    int?: z_psfFluxNdata
    float?: z_fpFluxMean z_fpFluxMeanErr y_psfFluxMean y_psfFluxMeanErr y_psfFluxSigma
    int?: y_psfFluxNdata
    float?: y_fpFluxMean y_fpFluxMeanErr u_scienceFluxMean u_scienceFluxMeanErr g_scienceFluxMean
      g_scienceFluxMeanErr r_scienceFluxMean r_scienceFluxMeanErr i_scienceFluxMean
      i_scienceFluxMeanErr z_scienceFluxMean z_scienceFluxMeanErr y_scienceFluxMean
      y_scienceFluxMeanErr u_psfFluxMin u_psfFluxMax u_psfFluxMaxSlope u_psfFluxErrMean
      g_psfFluxMin g_psfFluxMax g_psfFluxMaxSlope g_psfFluxErrMean r_psfFluxMin r_psfFluxMax
      r_psfFluxMaxSlope r_psfFluxErrMean i_psfFluxMin i_psfFluxMax i_psfFluxMaxSlope
      i_psfFluxErrMean z_psfFluxMin z_psfFluxMax z_psfFluxMaxSlope z_psfFluxErrMean y_psfFluxMin
      y_psfFluxMax y_psfFluxMaxSlope y_psfFluxErrMean
    double?: firstDiaSourceMjdTai lastDiaSourceMjdTai
    int: nDiaSources
    """

  /// What a known solar-system object should look like in this detection.
  static let ssSource = """
    long: diaSourceId ssObjectId
    string?: designation
    double: eclLambda eclBeta galLon galLat
    float?: elongation phaseAngle topoRange topoRangeRate helioRange helioRangeRate
    double?: ephRa ephDec
    float?: ephVmag ephRate ephRateRa ephRateDec ephOffset
    double?: ephOffsetRa ephOffsetDec
    float?: ephOffsetAlongTrack ephOffsetCrossTrack helio_x helio_y helio_z helio_vx helio_vy
      helio_vz helio_vtot topo_x topo_y topo_z topo_vx topo_vy topo_vz topo_vtot
    int?: diaDistanceRank
    """

  /// The orbit that it was computed from, as the Minor Planet Center has it.
  static let mpcOrbits = """
    int: id
    string: designation packed_primary_provisional_designation
      unpacked_primary_provisional_designation
    string?: mpc_orb_jsonb
    long?: created_at updated_at
    int?: orbit_type_int u_param nopp
    double?: arc_length_total arc_length_sel
    int?: nobs_total nobs_total_sel
    double?: a q e i node argperi peri_time yarkovsky srp a1 a2 a3 dt mean_anomaly period
      mean_motion a_unc q_unc e_unc i_unc node_unc argperi_unc peri_time_unc yarkovsky_unc srp_unc
      a1_unc a2_unc a3_unc dt_unc mean_anomaly_unc period_unc mean_motion_unc epoch_mjd h g
      not_normalized_rms normalized_rms earth_moid
    long?: fitting_datetime
    """

  /// The packet.
  static let alert = """
    long: diaSourceId
    string?: observation_reason target_name
    diaSource: diaSource
    [diaSource]?: prvDiaSources
    [diaForcedSource]?: prvDiaForcedSources
    diaObject?: diaObject
    ssSource?: ssSource
    mpc_orbits?: mpc_orbits
    bytes?: cutoutDifference cutoutScience cutoutTemplate
    """
}
