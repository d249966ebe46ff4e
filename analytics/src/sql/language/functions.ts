import { SqlRefusal } from './refusal.ts';
import type { Place } from './ast.ts';

/**
 * Every function that may be called, by what it is for. Left out on purpose: whatever reads outside of the views (file,
 * url, dictGet, joinGet), tells of the server (hostName, currentUser, getSetting, version), waits (sleep), fails by choice
 * (throwIf), makes rows or texts of any length from nothing (range, repeat, leftPad, arrayWithConstant), names a function
 * or a type in a text (arrayReduce, accurateCast), or carries the inner state of an aggregate (…State, …Merge).
 */
const ALLOWED = `
  count sum avg min max any anyLast argMin argMax median quantile quantiles quantileExact quantilesExact quantileTDigest
  stddevPop stddevSamp varPop varSamp covarPop covarSamp corr uniq uniqExact uniqCombined topK groupArray groupUniqArray
  sumOrNull avgOrNull minOrNull maxOrNull windowFunnel retention groupBitAnd groupBitOr boundingRatio skewPop kurtPop
  countIf sumIf avgIf minIf maxIf anyIf anyLastIf argMinIf argMaxIf medianIf quantileIf quantileExactIf uniqIf uniqExactIf
  groupArrayIf groupUniqArrayIf sumOrNullIf avgOrNullIf countDistinct sumDistinct grouping
  row_number rank dense_rank percent_rank cume_dist ntile lag lead lagInFrame leadInFrame first_value last_value nth_value

  plus minus multiply divide intDiv intDivOrZero modulo negate abs sign round floor ceil trunc roundBankers
  sqrt cbrt exp exp2 exp10 ln log log2 log10 pow power greatest least divideDecimal multiplyDecimal
  width_bucket isNaN isFinite isInfinite ifNotFinite

  equals notEquals less lessOrEquals greater greaterOrEquals and or not xor
  if multiIf ifNull nullIf coalesce isNull isNotNull assumeNotNull toNullable transform

  toString toBool toInt8 toInt16 toInt32 toInt64 toInt128 toUInt8 toUInt16 toUInt32 toUInt64 toFloat32 toFloat64
  toInt32OrZero toInt64OrZero toFloat64OrZero toInt32OrNull toInt64OrNull toFloat64OrNull
  toDecimal32 toDecimal64 toDecimal128 toDecimal64OrNull toDecimal128OrNull toDecimal64OrZero toDecimal128OrZero
  toUUID toUUIDOrNull toUUIDOrZero toTypeName

  now today yesterday toDate toDate32 toDateTime toDateTime64 toDateOrNull toDate32OrNull toDateTimeOrNull
  parseDateTimeBestEffortOrNull toYear toQuarter toMonth toWeek toISOWeek toISOYear toDayOfYear toDayOfMonth toDayOfWeek
  toHour toMinute toSecond toUnixTimestamp toYYYYMM toYYYYMMDD toYearWeek toTimeZone
  toStartOfYear toStartOfQuarter toStartOfMonth toStartOfWeek toStartOfDay toStartOfHour toStartOfMinute toMonday
  toStartOfISOYear toLastDayOfMonth toStartOfInterval date_trunc dateTrunc date_diff dateDiff date_add dateAdd date_sub dateSub age
  addSeconds addMinutes addHours addDays addWeeks addMonths addQuarters addYears
  subtractSeconds subtractMinutes subtractHours subtractDays subtractWeeks subtractMonths subtractQuarters subtractYears
  formatDateTime dateName monthName makeDate makeDate32

  length lengthUTF8 empty notEmpty lower upper lowerUTF8 upperUTF8 trim trimLeft trimRight trimBoth ltrim rtrim
  concat concatWithSeparator substring substr mid substringUTF8 left right leftUTF8 rightUTF8 reverse reverseUTF8
  position positionCaseInsensitive positionUTF8 positionCaseInsensitiveUTF8 locate like ilike notLike notILike match
  startsWith endsWith startsWithUTF8 endsWithUTF8 replace replaceAll replaceOne replaceRegexpOne replaceRegexpAll extract
  extractAll countSubstrings splitByChar splitByString arrayStringConcat initcap initcapUTF8
  toValidUTF8 isValidUTF8 domain formatReadableQuantity

  array tuple tupleElement has hasAll hasAny indexOf countEqual arrayElement arrayConcat arraySlice arraySort
  arrayReverseSort arrayReverse arrayDistinct arrayUniq arrayCompact arrayIntersect arrayFlatten arrayZip arrayEnumerate
  arrayMap arrayFilter arrayCount arrayExists arrayAll arrayFirst arrayLast arraySum arrayAvg arrayMin arrayMax
  arrayCumSum arrayDifference arrayJoin arrayPushBack arrayPushFront
`
  .trim()
  .split(/\s+/);

/** Names that the engine takes in any case; all others mean what they mean only as they are spelled. */
const EXACT = new Map(ALLOWED.map((name) => [name, name]));
const IN_ANY_CASE = new Map(ALLOWED.map((name) => [name.toLowerCase(), name]));
/** Names of standard SQL. */
const SYNONYMS = new Map([
  ['ceiling', 'ceil'],
  ['char_length', 'lengthUTF8'],
  ['character_length', 'lengthUTF8'],
  ['day', 'toDayOfMonth'],
  ['month', 'toMonth'],
  ['quarter', 'toQuarter'],
  ['year', 'toYear'],
  ['current_date', 'today'],
  ['lcase', 'lower'],
  ['ucase', 'upper'],
  ['stddev_pop', 'stddevPop'],
  ['stddev_samp', 'stddevSamp'],
  ['var_pop', 'varPop'],
  ['var_samp', 'varSamp'],
  ['any_value', 'any'],
]);

export const FUNCTIONS: readonly string[] = ALLOWED;

/** The function as the engine spells it. Throws for one that may not be called. */
export const canonicalFunction = (written: string, at: Place): string => {
  const name = EXACT.get(written) ?? IN_ANY_CASE.get(written.toLowerCase()) ?? SYNONYMS.get(written.toLowerCase());
  if (name) return name;
  const what = written.slice(0, 60);
  throw new SqlRefusal('SQL_FUNCTION', at, `The function ${what} cannot be called here.`, what);
};
