// Names that no statement of an analyst may use.

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Rows from elsewhere: every table function that reads, makes or joins something. */
export const TABLE_FUNCTIONS = words(`
  file url s3 s3Cluster hdfs hdfsCluster remote remoteSecure cluster clusterAllReplicas merge mysql postgresql mongodb redis
  sqlite jdbc odbc input executable numbers numbers_mt zeros zeros_mt generateRandom generateSeries generate_series null
  values view viewExplain viewIfPermitted dictionary azureBlobStorage gcs iceberg deltaLake hudi urlCluster fileCluster
  mergeTreeIndex mergeTreeProjection fuzzJSON fuzzQuery loop format timeSeriesData python cosn oss ytsaurus arrowFlight
`);

/** Calls that read, tell, wait, fail, or make much of nothing. */
export const FUNCTIONS = words(`
  file dictGet dictGetString dictGetOrDefault dictGetOrNull dictHas dictGetHierarchy dictGetChildren joinGet joinGetOrNull
  getSetting getSettingOrDefault getServerSetting getMergeTreeSetting getMacro currentUser user currentRoles enabledRoles defaultRoles currentDatabase
  currentSchemas currentProfiles hostName hostname fqdn FQDN displayName version serverUUID serverTimezone tcpPort uptime buildId
  connectionId queryID query_id initialQueryID initial_query_id currentQueryID shardNum shardCount serverTimeZone getOSKernelVersion zookeeperSessionUptime
  sleep sleepEachRow throwIf identity ignore materialize blockNumber blockSize rowNumberInBlock rowNumberInAllBlocks filesystemAvailable
  filesystemCapacity filesystemUnreserved addressToLine addressToLineWithInlines addressToSymbol demangle trap tid logTrace
  catboostEvaluate modelEvaluate evalMLMethod reinterpret reinterpretAsString repeat space range leftPad rightPad lpad rpad
  arrayWithConstant arrayReduce arrayReduceInRanges arrayFill initializeAggregation finalizeAggregation runningAccumulate
  runningDifference neighbor sumState uniqState sumMerge uniqMerge groupArrayState sumForEach sumMapFiltered groupBitmapState rand rand32
  rand64 randConstant randomString randomFixedString randomPrintableASCII randomStringUTF8 fuzzBits generateUUIDv4 generateUUIDv7
  generateULID generateSnowflakeID accurateCast accurateCastOrNull CAST_ toFixedString formatRow formatRowNoNewline hasColumnInTable partitionId
  isMergeTreePartCoveredBy encrypt decrypt tryDecrypt aes_encrypt_mysql base64Decode hex unhex char MD5 SHA256 sipHash64 cityHash64 cutURLParameter
  extractKeyValuePairs JSONExtractString JSONExtractRaw simpleJSONExtractRaw visitParamExtractRaw bitmapBuild sequenceMatch sequenceCount
  multiMatchAny multiFuzzyMatchAny ngramDistance lowCardinalityKeys lowCardinalityIndices defaultValueOfTypeName defaultValueOfArgumentType
  getTypeSerializationStreams structureToCapnProtoSchema structureToProtobufSchema nowInBlock toColumnTypeName dumpColumnStructure indexHint untuple
  estimateCompressionRatio showCertificate transactionID transactionLatestSnapshot getSubcolumn globalIn nullIn in_ minSampleSizeConversion
  tumble hop windowID least_ sql_injection mapFromArrays mapKeys arrayJoin_ kafkaMurmurHash catboost url s3
`);

/** Tables of the engine, of the product and of other databases. */
export const TABLES = words(`
  lead customer contact opportunity contract receipt target activity campaign task ticket event_log directory store migration
  lead_change customer_change opportunity_change opportunity_movement contract_change ticket_movement share grants users
  numbers tables columns query_log processes LEADS Leads lead_ leads_ leadss
`);
export const QUALIFIED = words(`
  system.query_log system.query_thread_log system.part_log system.processes system.users system.settings system.numbers system.one
  system.disks system.parts system.grants system.row_policies system.functions system.clusters system.macros
  information_schema.tables INFORMATION_SCHEMA.COLUMNS default.lead default.event_log pelagic.lead pelagic.event_log default.leads system.Tables
`);
