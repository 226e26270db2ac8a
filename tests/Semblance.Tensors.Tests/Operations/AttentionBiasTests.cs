using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests.Operations;

/// <summary>
/// Tests attention with a bias, and the computation of the bias, against a slow form in double precision and finite differences.
/// </summary>
public class AttentionBiasTests
{
    private const int Heads = 2;

    public static TheoryData<InstructionSet> InstructionSets => TestTensors.InstructionSets;

    private static AttentionMask[] Masks =>
    [
        new(TestTensors.Batch(1, 3, 6)),
        new(TestTensors.Batch(6), causal: true),
        new(TestTensors.Batch(1, 2), TestTensors.Batch(4, 6), causal: true),
    ];

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_bias_by_distance_and_its_gradient(InstructionSet set)
    {
        foreach (var mask in Masks)
        {
            var (q, k, v) = Inputs(mask, 8);
            var distances = TestTensors.Random(4, Heads, 13);
            foreach (var scale in new float?[] { null, 1 })
            {
                GradientTests.Check(
                    set,
                    [q, k, v, distances],
                    run => run.Attention(q, k, v, mask, Heads, bias: AttentionBias.ByDistance(distances, 6), scale: scale),
                    x => Attention(x[0], x[1], x[2], mask, 8, scale ?? 0.5, (_, _, _) => 0, (distance, head) => x[3][(head * 13) + distance + 6]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_disentangled_bias_and_its_gradient(InstructionSet set)
    {
        const int Entries = 5;
        int[] columns = [4, 4, 4, 3, 3, 3, 2, 1, 1, 1, 0, 0, 0]; // distances from -6 to 6
        foreach (var mask in Masks)
        {
            var (q, k, v) = Inputs(mask, 8);
            Tensor ofQueries = TestTensors.Random(4, q.Rows, Heads * Entries), ofKeys = TestTensors.Random(5, k.Rows, Heads * Entries);
            double OfQueries(double[] x, int query, int distance, int head) => x[(query * Heads * Entries) + (head * Entries) + columns[distance + 6]];
            GradientTests.Check(
                set,
                [q, k, v, ofQueries, ofKeys],
                run => run.Attention(q, k, v, mask, Heads, bias: AttentionBias.Disentangled(ofQueries, ofKeys, columns, 6), scale: 0.3f),
                x => Attention(x[0], x[1], x[2], mask, 8, 0.3f, (i, j, d) => OfQueries(x[3], i, d.Distance, d.Head) + OfQueries(x[4], j, d.Distance, d.Head), (_, _) => 0));
            GradientTests.Check(
                set,
                [q, ofKeys],
                run => run.Attention(q, k, v, mask, Heads, bias: AttentionBias.Disentangled(null, ofKeys, columns, 6)),
                x => Attention(x[0], Doubles(k), Doubles(v), mask, 8, 0.5, (_, j, d) => OfQueries(x[1], j, d.Distance, d.Head), (_, _) => 0));
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Longer_than_a_strip_and_a_panel(InstructionSet set)
    {
        var mask = new AttentionMask(TestTensors.Batch(130, 7));
        var (q, k, v) = Inputs(mask, 24);
        var distances = TestTensors.Random(4, Heads, 259);
        using var run = new Computation(instructions: set);
        var expected = Attention(Doubles(q), Doubles(k), Doubles(v), mask, 24, 1 / Math.Sqrt(12), (_, _, _) => 0, (distance, head) => distances.Values[(head * 259) + distance + 129]);
        run.Attention(q, k, v, mask, Heads, bias: AttentionBias.ByDistance(distances, 129)).Values.ShouldBeNear([.. expected.Select(x => (float)x)], 5e-6);
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Products_head_by_head(InstructionSet set)
    {
        foreach (var (rows, entries, size) in new[] { (3, 5, 2), (90, 35, 7) })
        {
            int hidden = Heads * size;
            var (x, table) = (TestTensors.Random(1, rows, hidden), TestTensors.Random(2, entries, hidden));
            double[] Expected(double[] a, double[] b) => [.. Enumerable.Range(0, rows * Heads * entries).Select(i =>
            {
                var (row, head, entry) = (i / (Heads * entries), i / entries % Heads, i % entries);
                return Enumerable.Range(head * size, size).Sum(c => a[(row * hidden) + c] * b[(entry * hidden) + c]);
            })];
            using var run = new Computation(instructions: set);
            run.HeadProducts(x, table, Heads).Values.ShouldBeNear([.. Expected(Doubles(x), Doubles(table)).Select(value => (float)value)], 5e-6);
            if (rows < 10)
            {
                GradientTests.Check(set, [x, table], r => r.HeadProducts(x, table, Heads), v => Expected(v[0], v[1]));
            }
        }
    }

    [Fact]
    public void Neighbors_of_each_token_within_its_sequence()
    {
        var x = TestTensors.Random(1, 5, 2);
        var batch = TestTensors.Batch(3, 2);
        int[] first = [0, 0, 0, 3, 3], end = [3, 3, 3, 5, 5];
        GradientTests.Check(InstructionSet.Portable, [x], run => run.Neighbors(x, batch, 3), v => [.. Enumerable.Range(0, 30).Select(i =>
        {
            var (token, column, neighbor) = (i / 6, i % 6 / 3, (i / 6) + (i % 3) - 1);
            return neighbor < first[token] || neighbor >= end[token] ? 0 : v[0][(neighbor * 2) + column];
        })]);
    }

    [Fact]
    public void Embedding_at_positions_that_are_given()
    {
        var (words, positions) = (TestTensors.Random(1, 6, 4), TestTensors.Random(2, 5, 4));
        var batch = PackedBatch.From([[4, 1, 4], [0, 4]]);
        int[] places = [2, 1, 3, 2, 2];
        GradientTests.Check(
            InstructionSet.Portable,
            [words, positions],
            run => run.Embed(batch, words, positions, positionIds: places),
            v => [.. Enumerable.Range(0, 20).Select(i => v[0][(batch.TokenIds[i / 4] * 4) + (i % 4)] + v[1][(places[i / 4] * 4) + (i % 4)])]);
    }

    [Fact]
    public void A_bias_that_does_not_fit_is_named()
    {
        using var run = new Computation();
        var (x, batch) = (Tensor.Zeros(5, 8), new AttentionMask(TestTensors.Batch(5)));
        Tensor Attend(AttentionBias bias) => run.Attention(x, x, x, batch, Heads, bias: bias);
        Should.Throw<ArgumentException>(() => Attend(AttentionBias.ByDistance(Tensor.Zeros(Heads, 8), 4))).Message.ShouldContain("too few");
        Should.Throw<ArgumentException>(() => Attend(AttentionBias.ByDistance(Tensor.Zeros(Heads, 9), 3))).Message.ShouldContain("too few");
        Should.Throw<ArgumentException>(() => Attend(AttentionBias.ByDistance(Tensor.Zeros(3, 9), 4))).Message.ShouldContain("2 heads");
        Should.Throw<ArgumentException>(() => Attend(AttentionBias.Disentangled(Tensor.Zeros(4, 6), null, new int[9], 4))).Message.ShouldContain("5 queries");
        Should.Throw<ArgumentException>(() => Attend(AttentionBias.Disentangled(null, Tensor.Zeros(5, 6), [0, 1, 2, 3, 0, 0, 0, 0, 0], 4))).Message.ShouldContain("does not fit");
        Should.Throw<ArgumentException>(() => run.HeadProducts(x, Tensor.Zeros(3, 7), Heads));
        Should.Throw<ArgumentException>(() => run.Neighbors(x, batch.Queries, 2)).Message.ShouldContain("odd");
    }

    private static (Tensor Query, Tensor Key, Tensor Value) Inputs(AttentionMask mask, int hidden) =>
        (TestTensors.Random(1, mask.Queries.TokenCount, hidden), TestTensors.Random(2, mask.Keys.TokenCount, hidden), TestTensors.Random(3, mask.Keys.TokenCount, hidden));

    private static double[] Doubles(Tensor x) => [.. x.Values.ToArray().Select(value => (double)value)];

    // softmax(scale · (q kᵀ + inside) + outside) v
    private static double[] Attention(
        double[] query, double[] key, double[] value, AttentionMask mask, int hidden, double scale, Func<int, int, (int Distance, int Head), double> inside, Func<int, int, double> outside)
    {
        var size = hidden / Heads;
        var y = new double[query.Length];
        for (var sequence = 0; sequence < mask.Queries.Count; sequence++)
        {
            int start = mask.Queries.Offsets[sequence], queries = mask.Queries.Length(sequence);
            int keyStart = mask.Keys.Offsets[sequence], keys = mask.Keys.Length(sequence);
            for (var item = 0; item < queries * Heads; item++)
            {
                var (i, head) = (item / Heads, item % Heads);
                var place = keys - queries + i;
                var scores = Enumerable.Range(0, mask.IsCausal ? place + 1 : keys).Select(j =>
                {
                    var product = Enumerable.Range(head * size, size).Sum(c => query[((start + i) * hidden) + c] * key[((keyStart + j) * hidden) + c]);
                    return (scale * (product + inside(start + i, keyStart + j, (j - place, head)))) + outside(j - place, head);
                }).ToArray();
                var powers = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
                for (var c = head * size; c < (head + 1) * size; c++)
                {
                    y[((start + i) * hidden) + c] = powers.Select((p, j) => p * value[((keyStart + j) * hidden) + c]).Sum() / powers.Sum();
                }
            }
        }

        return y;
    }
}
