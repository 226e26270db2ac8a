using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests.Operations;

public class AttentionOperationTests
{
    public static TheoryData<InstructionSet> InstructionSets => TestTensors.InstructionSets;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Every_length_and_head_size_equals_the_reference(InstructionSet set)
    {
        foreach (var (hidden, heads) in new[] { (32, 4), (96, 3), (64, 1), (60, 5), (7, 7) })
        {
            var batch = TestTensors.Batch(1, 2, 5, 16, 17, 31, 33, 90, 1, 200);
            var (q, k, v) = (TestTensors.Random(1, batch.TokenCount, hidden), TestTensors.Random(2, batch.TokenCount, hidden), TestTensors.Random(3, batch.TokenCount, hidden));
            using var run = new Computation(instructions: set);
            run.Attention(q, k, v, batch, heads).Values.ShouldBeNear(Reference.Attention(q, k, v, batch, heads), 5e-6);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Large_scores_do_not_overflow(InstructionSet set)
    {
        var batch = TestTensors.Batch(3, 20);
        var (q, k, v) = (TestTensors.Random(1, 23, 32), TestTensors.Random(2, 23, 32), TestTensors.Random(3, 23, 32));
        foreach (ref var x in q.Writable)
        {
            x *= 1000;
        }

        using var run = new Computation(instructions: set);
        run.Attention(q, k, v, batch, 2).Values.ShouldBeNear(Reference.Attention(q, k, v, batch, 2), 1e-3);
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_sequence_has_the_same_bits_alone_and_in_any_company(InstructionSet set)
    {
        var batch = TestTensors.Batch(9, 40, 3, 100);
        var (q, k, v) = (TestTensors.Random(1, 152, 48), TestTensors.Random(2, 152, 48), TestTensors.Random(3, 152, 48));
        using var run = new Computation(instructions: set);
        var together = run.Attention(q, k, v, batch, 4);
        for (var i = 0; i < batch.Count; i++)
        {
            int start = batch.Offsets[i] * 48, length = batch.Length(i) * 48;
            Tensor Part(Tensor x) => Tensor.From(x.Values.Slice(start, length), batch.Length(i), 48);
            var alone = run.Attention(Part(q), Part(k), Part(v), TestTensors.Batch(batch.Length(i)), 4);
            alone.Values.SequenceEqual(together.Values.Slice(start, length)).ShouldBeTrue($"sequence {i}");
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Queries_and_keys_of_any_lengths_equal_the_reference(InstructionSet set)
    {
        int[] few = [1, 2, 5, 16, 33, 90, 85], many = [1, 40, 5, 17, 200, 90, 86];
        foreach (var mask in new AttentionMask[]
        {
            new(TestTensors.Batch(few), TestTensors.Batch(many)),
            new(TestTensors.Batch(many), TestTensors.Batch(few)),
            new(TestTensors.Batch(few), TestTensors.Batch(many), causal: true),
            new(TestTensors.Batch(many), causal: true),
            new(TestTensors.Batch(many), causal: true, window: 1),
            new(TestTensors.Batch(many), causal: true, window: 19),
            new(TestTensors.Batch(many), window: 3),
            new(TestTensors.Batch(many), window: 65),
            new(TestTensors.Batch(many), window: int.MaxValue),
            new(TestTensors.Batch(few), TestTensors.Batch(many), causal: true, window: 7),
            new(TestTensors.Batch(few), TestTensors.Batch(many), window: 40),
        })
        {
            foreach (var (hidden, heads) in new[] { (32, 4), (60, 5), (7, 7) })
            {
                int queries = mask.Queries.TokenCount, keys = mask.Keys.TokenCount;
                var (q, k, v) = (TestTensors.Random(1, queries, hidden), TestTensors.Random(2, keys, hidden), TestTensors.Random(3, keys, hidden));
                double[] Doubles(Tensor x) => [.. x.Values.ToArray().Select(value => (double)value)];
                var expected = DoubleReference.Attention(Doubles(q), Doubles(k), Doubles(v), mask, hidden, heads);
                using var run = new Computation(instructions: set);
                run.Attention(q, k, v, mask, heads).Values.ShouldBeNear([.. expected.Select(value => (float)value)], 5e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_causal_query_has_the_same_bits_whatever_comes_after_it(InstructionSet set)
    {
        var (q, k, v) = (TestTensors.Random(1, 100, 48), TestTensors.Random(2, 100, 48), TestTensors.Random(3, 100, 48));
        using var run = new Computation(instructions: set);
        var whole = run.Attention(q, k, v, new AttentionMask(TestTensors.Batch(100), causal: true), 4);
        foreach (var length in new[] { 1, 15, 16, 33, 85, 99 })
        {
            Tensor First(Tensor x) => Tensor.From(x.Values[..(length * 48)], length, 48);
            var beginning = run.Attention(First(q), First(k), First(v), new AttentionMask(TestTensors.Batch(length), causal: true), 4);
            beginning.Values.SequenceEqual(whole.Values[..(length * 48)]).ShouldBeTrue($"the first {length}");
            var last = run.Attention(Tensor.From(q.Row(length - 1), 1, 48), First(k), First(v), new AttentionMask(TestTensors.Batch(1), TestTensors.Batch(length), causal: true), 4);
            last.Values.SequenceEqual(whole.Row(length - 1)).ShouldBeTrue($"query {length - 1} alone");
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Heads_that_share_keys_equal_the_same_keys_repeated(InstructionSet set)
    {
        var mask = new AttentionMask(TestTensors.Batch(3, 90), causal: true, window: 50);
        foreach (var (heads, keyHeads) in new[] { (6, 2), (4, 1), (5, 5) })
        {
            const int Size = 12;
            var (q, k, v) = (TestTensors.Random(1, 93, heads * Size), TestTensors.Random(2, 93, keyHeads * Size), TestTensors.Random(3, 93, keyHeads * Size));
            using var run = new Computation(instructions: set);
            Tensor Repeated(Tensor x) => run.Gather(x, [.. Enumerable.Range(0, 93 * heads * Size).Select(i => (i / (heads * Size) * keyHeads * Size) + (i / Size % heads / (heads / keyHeads) * Size) + (i % Size))], 93, heads * Size);
            run.Attention(q, k, v, mask, heads).Values.SequenceEqual(run.Attention(q, Repeated(k), Repeated(v), mask, heads).Values).ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_window_forgets_what_is_far(InstructionSet set)
    {
        var (q, k, v) = (TestTensors.Random(1, 300, 16), TestTensors.Random(2, 300, 16), TestTensors.Random(3, 300, 16));
        using var run = new Computation(instructions: set);
        Tensor Attend() => run.Attention(q, k, v, new AttentionMask(TestTensors.Batch(300), window: 20), 2);
        var before = Attend().Values.ToArray();
        v.Writable.Slice(150 * 16, 16).Fill(5);
        k.Writable.Slice(150 * 16, 16).Fill(5);
        var after = Attend().Values.ToArray();
        Enumerable.Range(0, 300).Where(i => !before.AsSpan(i * 16, 16).SequenceEqual(after.AsSpan(i * 16, 16))).ShouldBe(Enumerable.Range(131, 39));
    }

    [Fact]
    public void Sequences_that_do_not_fit_are_named()
    {
        Should.Throw<ArgumentException>(() => new AttentionMask(TestTensors.Batch(2, 3), TestTensors.Batch(5))).Message.ShouldContain("2 sequences");
        Should.Throw<ArgumentException>(() => new AttentionMask(TestTensors.Batch(2, 3), TestTensors.Batch(5, 2), causal: true)).Message.ShouldContain("Sequence 1 has 3 queries but 2 keys");
        Should.Throw<ArgumentException>(() => new AttentionMask(TestTensors.Batch(3), TestTensors.Batch(2), window: 5)).Message.ShouldContain("Sequence 0 has 3 queries but 2 keys");
        Should.Throw<ArgumentOutOfRangeException>(() => new AttentionMask(TestTensors.Batch(3), window: 0));
        using var run = new Computation();
        var (q, k) = (Tensor.Zeros(5, 8), Tensor.Zeros(4, 8));
        Should.Throw<ArgumentException>(() => run.Attention(q, k, k, new AttentionMask(TestTensors.Batch(5), TestTensors.Batch(5)), 2));
        Should.Throw<ArgumentException>(() => run.Attention(q, Tensor.Zeros(4, 6), Tensor.Zeros(4, 6), new AttentionMask(TestTensors.Batch(5), TestTensors.Batch(4)), 2));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        using var run = new Computation();
        var x = Tensor.Zeros(5, 8);
        Should.Throw<ArgumentException>(() => run.Attention(x, x, x, TestTensors.Batch(4), 2));
        Should.Throw<ArgumentException>(() => run.Attention(x, x, x, TestTensors.Batch(5), 3));
        Should.Throw<ArgumentException>(() => run.Attention(x, Tensor.Zeros(5, 4), x, TestTensors.Batch(5), 2));
        Should.Throw<ArgumentException>(() => run.Attention(x, Tensor.Zeros(5, 2), Tensor.Zeros(5, 2), TestTensors.Batch(5), 2));
        Should.Throw<ArgumentException>(() => run.Attention(x, Tensor.Zeros(5, 6), Tensor.Zeros(5, 6), TestTensors.Batch(5), 4));
    }
}
