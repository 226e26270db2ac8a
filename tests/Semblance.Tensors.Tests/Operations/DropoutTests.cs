using Semblance.Tensors.Kernels;

namespace Semblance.Tensors.Tests.Operations;

public class DropoutTests
{
    [Fact]
    public void Without_a_seed_nothing_is_dropped()
    {
        using var run = new Computation();
        var x = TestTensors.Random(1, 4, 5);
        run.Dropout(x, 0.5f).ShouldBeSameAs(x);
    }

    [Fact]
    public void The_share_that_is_dropped_is_the_rate_and_the_rest_is_scaled()
    {
        var x = Tensor.Zeros(200, 500);
        x.Writable.Fill(3);
        using var run = new Computation(dropoutSeed: 1);
        var y = run.Dropout(x, 0.25f).Values.ToArray();
        y.ShouldAllBe(v => v == 0 || v == 4);
        (y.Count(v => v == 0) / (double)y.Length).ShouldBe(0.25, 0.01);
        y.Average().ShouldBe(3, 0.05);
    }

    [Fact]
    public void The_same_seed_drops_the_same_elements_on_any_number_of_threads()
    {
        var x = TestTensors.Random(1, 3000, 100);
        float[] Drop(ulong seed, int maxThreads)
        {
            using var run = new Computation(maxThreads, dropoutSeed: seed);
            return run.Dropout(x, 0.1f).Values.ToArray();
        }

        Drop(7, 1).ShouldBe(Drop(7, 8));
        Drop(7, 1).ShouldNotBe(Drop(8, 1));
    }

    [Fact]
    public void A_run_of_elements_is_dropped_as_each_of_them_is()
    {
        var mask = new DropoutMask(seed: 5, place: 2, rate: 0.3f);
        foreach (var (first, count) in new[] { (0ul, 1000), (13ul, 37), ((11ul << 54) | (7ul << 23), 100) })
        {
            var run = Enumerable.Repeat(2f, count).ToArray();
            mask.Apply(run, first);
            run.ShouldBe(Enumerable.Range(0, count).Select(i => 2 * mask.Factor(first + (ulong)i)));
        }
    }

    [Fact]
    public void In_place_the_same_elements_are_dropped_and_the_gradients_are_the_same()
    {
        (float[] Values, float[] Gradient) Drop(bool inPlace)
        {
            using var run = new Computation(recording: true, dropoutSeed: 3);
            var leaf = TestTensors.Random(1, 10, 100);
            leaf.RequiresGradient = true;
            var x = run.Scale(leaf, 2);
            var y = inPlace ? run.DropoutInPlace(x, 0.5f) : run.Dropout(x, 0.5f);
            var values = y.Values.ToArray();
            run.Backward(y);
            return (values, leaf.Gradient!.Values.ToArray());
        }

        var (apart, inPlace) = (Drop(false), Drop(true));
        inPlace.Values.ShouldBe(apart.Values);
        inPlace.Gradient.ShouldBe(apart.Gradient);
        inPlace.Gradient.Distinct().Order().ShouldBe([0, 4]);
    }

    [Fact]
    public void What_another_operation_needs_is_not_overwritten_in_place()
    {
        using var run = new Computation(recording: true, dropoutSeed: 3);
        var leaf = TestTensors.Random(1, 10, 100);
        leaf.RequiresGradient = true;
        var x = run.Exp(leaf); // its backward pass reads x
        var before = x.Values.ToArray();
        run.DropoutInPlace(x, 0.5f).Values.ToArray().ShouldNotBe(before);
        x.Values.ToArray().ShouldBe(before);
    }

    [Fact]
    public void Attention_has_a_dropout_probability_of_its_own()
    {
        float[] Attend(float? rate)
        {
            using var run = new Computation(dropoutSeed: 3, dropoutRate: 0.5f) { AttentionDropoutRate = rate };
            var x = TestTensors.Random(1, 6, 8);
            return run.Attention(x, x, x, TestTensors.Batch(2, 4), 2, 0.1f).Values.ToArray();
        }

        using var plain = new Computation();
        var y = TestTensors.Random(1, 6, 8);
        Attend(0).ShouldBe(plain.Attention(y, y, y, TestTensors.Batch(2, 4), 2).Values.ToArray());
        Attend(null).ShouldNotBe(Attend(0));
        Attend(0.5f).ShouldBe(Attend(null));
    }

    [Fact]
    public void Two_places_of_one_run_drop_different_elements()
    {
        var x = TestTensors.Random(1, 10, 100);
        using var run = new Computation(dropoutSeed: 3);
        run.Dropout(x, 0.5f).Values.ToArray().ShouldNotBe(run.Dropout(x, 0.5f).Values.ToArray());
    }

    [Fact]
    public void The_way_back_drops_what_the_way_there_dropped()
    {
        var x = TestTensors.Random(1, 10, 20);
        x.RequiresGradient = true;
        using var run = new Computation(recording: true, dropoutSeed: 3);
        var y = run.Dropout(x, 0.5f);
        run.Backward(y);
        for (var i = 0; i < x.Length; i++)
        {
            x.Gradient!.Values[i].ShouldBe(y.Values[i] == 0 ? 0 : 2);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_way_back_through_attention_agrees_with_small_steps_along_the_gradient(bool causal)
    {
        var mask = new AttentionMask(TestTensors.Batch(3, 17), TestTensors.Batch(5, 18), causal);
        Tensor[] inputs = [TestTensors.Random(1, 20, 24), TestTensors.Random(2, 23, 24), TestTensors.Random(3, 23, 24)];
        var mix = TestTensors.Random(4, 20, 24);
        foreach (var input in inputs)
        {
            input.RequiresGradient = true;
        }

        double Loss(double step)
        {
            var moved = inputs.Select(input => Tensor.From([.. input.Values.ToArray().Zip(input.Gradient!.Values.ToArray(), (v, g) => (float)(v + (step * g)))], input.Shape)).ToArray();
            using var run = new Computation(dropoutSeed: 5);
            return run.Attention(moved[0], moved[1], moved[2], mask, 2, dropout: 0.3f).Values.ToArray().Zip(mix.Values.ToArray(), (y, m) => (double)y * m).Sum();
        }

        using (var run = new Computation(recording: true, dropoutSeed: 5))
        {
            run.Backward(run.Attention(inputs[0], inputs[1], inputs[2], mask, 2, dropout: 0.3f), mix);
        }

        // Along the gradient the loss rises by the gradient's squared length.
        var squares = inputs.Sum(input => input.Gradient!.Values.ToArray().Sum(g => (double)g * g));
        const double Step = 2e-3;
        ((Loss(Step) - Loss(-Step)) / (2 * Step)).ShouldBe(squares, squares * 2e-3);
    }

    [Fact]
    public void A_rate_of_one_is_refused()
    {
        using var run = new Computation(dropoutSeed: 1);
        Should.Throw<ArgumentOutOfRangeException>(() => run.Dropout(Tensor.Zeros(2), 1f));
    }
}
