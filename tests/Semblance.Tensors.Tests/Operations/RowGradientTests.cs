namespace Semblance.Tensors.Tests.Operations;

/// <summary>Tests tables whose gradients record which rows were written: the numbers must not depend on it.</summary>
public class RowGradientTests
{
    private const int Words = 3000;
    private const int Width = 24;

    [Fact]
    public void A_table_that_was_cleared_has_the_gradient_of_a_new_one()
    {
        var used = Table();
        foreach (var step in Enumerable.Range(0, 4))
        {
            var fresh = Table();
            Embed(used, Ids(step));
            Embed(fresh, Ids(step));
            used.Gradient!.Values.SequenceEqual(fresh.Gradient!.Values).ShouldBeTrue($"step {step}");
            used.Gradient.Values.ContainsAnyExcept(0f).ShouldBeTrue();
            used.ClearGradient();
        }
    }

    [Fact]
    public void Measured_and_scaled_it_has_the_bits_of_a_dense_one()
    {
        var table = Table();
        Embed(table, Ids(1));
        Embed(table, Ids(2));
        var dense = Tensor.From(table.Gradient!.Values, table.Shape);
        table.Gradient.SumOfSquares().ShouldBe(dense.SumOfSquares());
        table.Gradient.SumOfSquares().ShouldBe(dense.Values.ToArray().Sum(value => (double)value * value), 1e-4);
        table.Gradient.Scale(0.3f);
        dense.Scale(0.3f);
        table.Gradient.Values.SequenceEqual(dense.Values).ShouldBeTrue();
        table.Gradient.Row(1)[0].ShouldNotBe(0);
    }

    [Fact]
    public void A_table_tied_to_an_output_layer_has_both_gradients_and_is_cleared_of_both()
    {
        var (tied, fresh, output) = (Table(), Table(), Table());
        var (ids, x) = (Ids(3), TestTensors.Random(5, 7, Width));
        for (var step = 0; step < 2; step++)
        {
            tied.ClearGradient();
            Embed(tied, ids);
            Project(tied, x);
        }

        Embed(fresh, ids);
        Project(output, x);
        for (var i = 0; i < tied.Length; i++)
        {
            tied.Gradient!.Values[i].ShouldBe(fresh.Gradient!.Values[i] + output.Gradient!.Values[i]);
        }

        tied.Gradient!.SumOfSquares().ShouldBe(tied.Gradient.Values.ToArray().Sum(value => (double)value * value), 1e-3);
        tied.ClearGradient();
        Embed(tied, ids);
        tied.Gradient!.Values.SequenceEqual(fresh.Gradient!.Values).ShouldBeTrue();
    }

    [Fact]
    public void What_somebody_else_wrote_counts_and_is_cleared()
    {
        var table = Table();
        Embed(table, [2]);
        table.Gradient!.Writable[^1] = 5;
        table.Gradient.SumOfSquares().ShouldBeGreaterThan(25);
        table.ClearGradient();
        Embed(table, [2]);
        table.Gradient!.Values[^1].ShouldBe(0);
    }

    private static Tensor Table()
    {
        var table = TestTensors.Random(1, Words, Width);
        table.RequiresGradient = true;
        return table;
    }

    private static int[] Ids(int seed)
    {
        var random = new Random(seed);
        return [1, .. Enumerable.Range(0, 40).Select(_ => random.Next(Words)), 1];
    }

    private static void Embed(Tensor table, int[] ids)
    {
        using var run = new Computation(recording: true);
        run.Backward(run.Embed(PackedBatch.From([ids]), table), TestTensors.Random(ids[^1] + ids.Length, ids.Length, Width));
    }

    private static void Project(Tensor table, Tensor x)
    {
        using var run = new Computation(recording: true);
        run.Backward(run.Linear(x, new Linear(table, null)), TestTensors.Random(9, x.Rows, Words));
    }
}
