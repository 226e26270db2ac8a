namespace Semblance.Tensors.Tests.Layers;

/// <summary>Represents low-rank adaptation, y = layer(x) + s · B A x, with the names of PEFT.</summary>
internal sealed class LowRankWrapper(Tensor a, Tensor b, float scale) : LayerWrapper
{
    // Linear: A [rank × inputs], B [outputs × rank]; a table: A [rows × rank], B [columns × rank].
    public override IEnumerable<Parameter> Parameters(string name) => [new(name + ".lora_A.weight", a), new(name + ".lora_B.weight", b)];

    public override Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer)
    {
        using var y = layer(x);
        using var low = run.MatrixProduct(x, a);
        return Sum(run, y, low);
    }

    public override Tensor Embed(Computation run, int[] rows, Func<int[], Tensor> table)
    {
        using var y = table(rows);
        using var low = run.Embed(rows, new EmbeddingTable(a));
        return Sum(run, y, low);
    }

    public override (Tensor Weight, Tensor? Bias) Merge(Layer layer)
    {
        using var run = new Computation();
        var (left, right) = layer switch
        {
            EmbeddingTable => (a, new PreparedMatrix(b)),
            Linear { IsTransposed: true } => (Transposed(a), new PreparedMatrix(b)),
            _ => (b, new PreparedMatrix(a, transposed: true)),
        };
        var delta = run.Scale(run.MatrixProduct(left, right), scale);
        return (Tensor.From(run.Add(layer.Weight, delta).Values, layer.Weight.Shape), layer.Bias);
    }

    private Tensor Sum(Computation run, Tensor y, Tensor low)
    {
        using var high = run.MatrixProduct(low, b);
        using var scaled = run.Scale(high, scale);
        return run.Add(y, scaled);
    }

    private static Tensor Transposed(Tensor x)
    {
        var transposed = Tensor.Zeros(x.Columns, x.Rows);
        for (var i = 0; i < x.Length; i++)
        {
            transposed.Writable[(i % x.Columns * x.Rows) + (i / x.Columns)] = x.Values[i];
        }

        return transposed;
    }
}
