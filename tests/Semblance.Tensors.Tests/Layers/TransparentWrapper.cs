namespace Semblance.Tensors.Tests.Layers;

/// <summary>Represents a wrapper that changes nothing.</summary>
internal sealed class TransparentWrapper : LayerWrapper
{
    public override IEnumerable<Parameter> Parameters(string name) => [];

    public override Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer) => layer(x);

    public override Tensor Embed(Computation run, int[] rows, Func<int[], Tensor> table) => table(rows);
}
