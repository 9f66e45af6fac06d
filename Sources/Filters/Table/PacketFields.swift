/// The fields of alerts that filters see, by the names that the surveys' schemas give them.
enum PacketFields {
  /// The detection that the alert is about: columns without a prefix.
  static let diaSource = words(
    """
    diaSourceId visit detector diaObjectId ssObjectId parentDiaSourceId midpointMjdTai ra raErr \
    dec decErr ra_dec_Cov x xErr y yErr centroid_flag apFlux apFluxErr apFlux_flag \
    apFlux_flag_apertureTruncated isNegative snr psfFlux psfFluxErr psfLnL psfChi2 psfNdata \
    psfFlux_flag psfFlux_flag_edge psfFlux_flag_noGoodPixels trailFlux trailFluxErr trailRa \
    trailRaErr trailDec trailDecErr trailLength trailLengthErr trailAngle trailAngleErr trailChi2 \
    trailNdata trail_flag_edge dipoleMeanFlux dipoleMeanFluxErr dipoleFluxDiff dipoleFluxDiffErr \
    dipoleLength dipoleAngle dipoleChi2 dipoleNdata scienceFlux scienceFluxErr \
    forced_PsfFlux_flag forced_PsfFlux_flag_edge forced_PsfFlux_flag_noGoodPixels templateFlux \
    templateFluxErr ixx iyy ixy ixxPSF iyyPSF ixyPSF shape_flag shape_flag_no_pixels \
    shape_flag_not_contained shape_flag_parent_source extendedness reliability band isDipole \
    dipoleFitAttempted timeProcessedMjdTai timeWithdrawnMjdTai bboxSize pixelFlags pixelFlags_bad \
    pixelFlags_cr pixelFlags_crCenter pixelFlags_edge pixelFlags_nodata pixelFlags_nodataCenter \
    pixelFlags_interpolated pixelFlags_interpolatedCenter pixelFlags_offimage \
    pixelFlags_saturated pixelFlags_saturatedCenter pixelFlags_suspect pixelFlags_suspectCenter \
    pixelFlags_streak pixelFlags_streakCenter pixelFlags_injected pixelFlags_injectedCenter \
    pixelFlags_injected_template pixelFlags_injected_templateCenter glint_trail
    """)

  /// What is fixed on the sky at its place: columns `diaObject_…`.
  static let diaObject = words(
    """
    diaObjectId validityStartMjdTai ra raErr dec decErr ra_dec_Cov u_psfFluxMean u_psfFluxMeanErr \
    u_psfFluxSigma u_psfFluxNdata u_fpFluxMean u_fpFluxMeanErr g_psfFluxMean g_psfFluxMeanErr \
    g_psfFluxSigma g_psfFluxNdata g_fpFluxMean g_fpFluxMeanErr r_psfFluxMean r_psfFluxMeanErr \
    r_psfFluxSigma r_psfFluxNdata r_fpFluxMean r_fpFluxMeanErr i_psfFluxMean i_psfFluxMeanErr \
    i_psfFluxSigma i_psfFluxNdata i_fpFluxMean i_fpFluxMeanErr z_psfFluxMean z_psfFluxMeanErr \
    z_psfFluxSigma z_psfFluxNdata z_fpFluxMean z_fpFluxMeanErr y_psfFluxMean y_psfFluxMeanErr \
    y_psfFluxSigma y_psfFluxNdata y_fpFluxMean y_fpFluxMeanErr u_scienceFluxMean \
    u_scienceFluxMeanErr g_scienceFluxMean g_scienceFluxMeanErr r_scienceFluxMean \
    r_scienceFluxMeanErr i_scienceFluxMean i_scienceFluxMeanErr z_scienceFluxMean \
    z_scienceFluxMeanErr y_scienceFluxMean y_scienceFluxMeanErr u_psfFluxMin u_psfFluxMax \
    u_psfFluxMaxSlope u_psfFluxErrMean g_psfFluxMin g_psfFluxMax g_psfFluxMaxSlope \
    g_psfFluxErrMean r_psfFluxMin r_psfFluxMax r_psfFluxMaxSlope r_psfFluxErrMean i_psfFluxMin \
    i_psfFluxMax i_psfFluxMaxSlope i_psfFluxErrMean z_psfFluxMin z_psfFluxMax z_psfFluxMaxSlope \
    z_psfFluxErrMean y_psfFluxMin y_psfFluxMax y_psfFluxMaxSlope y_psfFluxErrMean \
    firstDiaSourceMjdTai lastDiaSourceMjdTai nDiaSources
    """)

  /// The known object that it is: columns `ssSource_…`.
  static let ssSource = words(
    """
    diaSourceId ssObjectId designation eclLambda eclBeta galLon galLat elongation phaseAngle \
    topoRange topoRangeRate helioRange helioRangeRate ephRa ephDec ephVmag ephRate ephRateRa \
    ephRateDec ephOffset ephOffsetRa ephOffsetDec ephOffsetAlongTrack ephOffsetCrossTrack helio_x \
    helio_y helio_z helio_vx helio_vy helio_vz helio_vtot topo_x topo_y topo_z topo_vx topo_vy \
    topo_vz topo_vtot diaDistanceRank
    """)

  /// That object's orbit, without the MPC's whole JSON: columns `mpc_orbits_…`.
  static let mpcOrbits = words(
    """
    id designation packed_primary_provisional_designation \
    unpacked_primary_provisional_designation created_at updated_at orbit_type_int u_param nopp \
    arc_length_total arc_length_sel nobs_total nobs_total_sel a q e i node argperi peri_time \
    yarkovsky srp a1 a2 a3 dt mean_anomaly period mean_motion a_unc q_unc e_unc i_unc node_unc \
    argperi_unc peri_time_unc yarkovsky_unc srp_unc a1_unc a2_unc a3_unc dt_unc mean_anomaly_unc \
    period_unc mean_motion_unc epoch_mjd h g not_normalized_rms normalized_rms earth_moid \
    fitting_datetime
    """)

  /// The `candidate` of a ZTF alert: columns `candidate_…`.
  static let ztfCandidate = words(
    """
    jd fid pid diffmaglim pdiffimfilename programpi programid candid isdiffpos tblid nid rcid \
    field xpos ypos ra dec magpsf sigmapsf chipsf magap sigmagap distnr magnr sigmagnr chinr \
    sharpnr sky magdiff fwhm classtar mindtoedge magfromlim seeratio aimage bimage aimagerat \
    bimagerat elong nneg nbad rb ssdistnr ssmagnr ssnamenr sumrat magapbig sigmagapbig ranr decnr \
    sgmag1 srmag1 simag1 szmag1 sgscore1 distpsnr1 ndethist ncovhist jdstarthist jdendhist scorr \
    tooflag objectidps1 objectidps2 sgmag2 srmag2 simag2 szmag2 sgscore2 distpsnr2 objectidps3 \
    sgmag3 srmag3 simag3 szmag3 sgscore3 distpsnr3 nmtchps rfid jdstartref jdendref nframesref \
    rbversion dsnrms ssnrms dsdiff magzpsci magzpsciunc magzpscirms nmatches clrcoeff clrcounc \
    zpclrcov zpmed clrmed clrrms neargaia neargaiabright maggaia maggaiabright exptime drb \
    drbversion
    """)

  private static func words(_ text: String) -> [String] {
    text.split(separator: " ").map(String.init)
  }
}
