// Every name that MongoDB 7 knows is either allowed or refused; none is passed over in silence.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accumulators } from "../../../src/embedded/aggregation/accumulators.ts";
import { evaluateExpression } from "../../../src/embedded/aggregation/expressions.ts";
import { operators } from "../../../src/embedded/aggregation/operators.ts";
import { runPipeline } from "../../../src/embedded/aggregation/pipeline.ts";
import { CommandError } from "../../../src/embedded/command-error.ts";
import type { ValueDocument } from "../../../src/embedded/values/value.ts";

const allowedExpressions = `
  $abs $add $ceil $divide $floor $mod $multiply $round $sqrt $subtract $trunc
  $arrayElemAt $arrayToObject $concatArrays $filter $first $firstN $in $indexOfArray $isArray $last $lastN $map
  $objectToArray $range $reduce $reverseArray $size $slice $sortArray $zip
  $and $not $or $cmp $eq $gt $gte $lt $lte $ne $cond $ifNull $switch $let $literal
  $binarySize $bsonSize
  $dateAdd $dateDiff $dateSubtract $dateToParts $dateToString $dateTrunc $dayOfMonth $dayOfWeek $dayOfYear $hour
  $isoDayOfWeek $isoWeek $isoWeekYear $millisecond $minute $month $second $week $year
  $getField $mergeObjects $setField $unsetField
  $allElementsTrue $anyElementTrue $setDifference $setEquals $setIntersection $setIsSubset $setUnion
  $concat $indexOfBytes $indexOfCP $ltrim $regexMatch $replaceAll $replaceOne $rtrim $split $strLenBytes $strLenCP
  $strcasecmp $substr $substrBytes $substrCP $toLower $toUpper $trim
  $convert $isNumber $toBool $toDate $toDecimal $toDouble $toInt $toLong $toObjectId $toString $type
  $avg $max $min $sum`;

const refusedExpressions = `
  $exp $ln $log $log10 $pow $bitAnd $bitNot $bitOr $bitXor $maxN $minN $accumulator $function $dateFromParts
  $dateFromString $rand $sampleRate $toHashedIndexKey $regexFind $regexFindAll $meta $tsIncrement $tsSecond
  $sin $cos $tan $asin $acos $atan $atan2 $asinh $acosh $atanh $sinh $cosh $tanh $degreesToRadians $radiansToDegrees
  $stdDevPop $stdDevSamp $median $percentile $addToSet $push $bottom $bottomN $top $topN $count $covariancePop
  $covarianceSamp $denseRank $derivative $documentNumber $expMovingAvg $integral $linearFill $locf $rank $shift`;

const allowedAccumulators = "$addToSet $avg $count $first $last $max $mergeObjects $min $push $sum";
const refusedAccumulators = `$accumulator $bottom $bottomN $firstN $lastN $maxN $median $minN $percentile $stdDevPop
  $stdDevSamp $top $topN`;

const allowedStages: Readonly<Record<string, ValueDocument[string]>> = {
  $addFields: { a: "x" },
  $bucket: { groupBy: "$a", boundaries: ["a", "b"] },
  $count: "n",
  $facet: { a: [] },
  $group: { _id: null },
  $lookup: { from: "b", localField: "a", foreignField: "a", as: "a" },
  $match: {},
  $project: { a: true },
  $replaceRoot: { newRoot: "$$ROOT" },
  $replaceWith: "$$ROOT",
  $set: { a: "x" },
  $sortByCount: "$a",
  $unset: "a",
  $unwind: "$a",
};
/** Their arguments are numbers, which the tables of answers have. */
const allowedWithNumbers = "$limit $sample $skip $sort";

const refusedStages = `$bucketAuto $changeStreamSplitLargeEvent $collStats $currentOp $densify $documents $fill $geoNear
  $graphLookup $indexStats $listLocalSessions $listSampledQueries $listSearchIndexes $listSessions $merge $out
  $planCacheStats $redact $search $searchMeta $setWindowFields $shardedDataDistribution $unionWith $vectorSearch`;

const namesOf = (text: string): readonly string[] => text.trim().split(/\s+/);
const scope = { now: new Date(0), variables: {}, evaluate: evaluateExpression };
const run = (stage: ValueDocument) => runPipeline([stage], [], { scope, lookup: () => [] });

function refusal(work: () => unknown): readonly [number, string] | null {
  try {
    work();
    return null;
  } catch (error) {
    assert.ok(error instanceof CommandError, String(error));
    return [error.code, error.message];
  }
}

test("exactly the listed expression operators are allowed", () => {
  assert.deepEqual(Object.keys(operators).sort(), namesOf(allowedExpressions).toSorted());
});

test("every other expression operator of MongoDB 7 is refused as unknown", () => {
  for (const name of namesOf(refusedExpressions)) {
    const found = refusal(() => evaluateExpression({ [name]: {} }, scope));
    assert.deepEqual(found, [168, `Unrecognized expression '${name}'`]);
  }
});

test("no name of a JavaScript object's own is an operator", () => {
  for (const name of ["$constructor", "$__proto__", "$toString"].filter((each) => !Object.hasOwn(operators, each))) {
    assert.equal(refusal(() => evaluateExpression({ [name]: {} }, scope))?.[0], 168);
  }
});

test("exactly the listed accumulators are allowed, the others refused", () => {
  assert.deepEqual(Object.keys(accumulators).sort(), namesOf(allowedAccumulators).toSorted());
  for (const name of namesOf(refusedAccumulators)) {
    const found = refusal(() => run({ $group: { _id: null, a: { [name]: {} } } }));
    assert.deepEqual(found, [15952, `unknown group operator '${name}'`]);
  }
});

test("the listed stages are allowed", () => {
  for (const [name, argument] of Object.entries(allowedStages)) {
    assert.equal(
      refusal(() => run({ [name]: argument })),
      null,
      name,
    );
  }
  for (const name of namesOf(allowedWithNumbers)) {
    assert.notEqual(refusal(() => run({ [name]: {} }))?.[0], 40324, name);
  }
});

test("every other stage of MongoDB 7 is refused as unknown", () => {
  for (const name of namesOf(refusedStages)) {
    assert.deepEqual(
      refusal(() => run({ [name]: {} })),
      [40324, `Unrecognized pipeline stage name: '${name}'`],
    );
  }
});

test("a change stream is refused as a standalone server does", () => {
  assert.deepEqual(
    refusal(() => run({ $changeStream: {} })),
    [40573, "The $changeStream stage is only supported on replica sets"],
  );
});

test("stages that are not allowed within $facet are refused there", () => {
  for (const name of ["$facet", "$out", "$merge"]) {
    assert.equal(refusal(() => run({ $facet: { a: [{ [name]: { b: [] } }] } }))?.[0], 40600, name);
  }
});
