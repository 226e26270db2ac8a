namespace Semblance.Tensors.Tests.Layers;

/// <summary>Represents IA³: each output times a number.</summary>
internal sealed class FactorsWrapper(Tensor scales) : LayerWrapper
{
    public override IEnumerable<Parameter> Parameters(string name) => [new(name + ".ia3_l", scales)];

    public override Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer)
    {
        using var y = layer(x);
        return run.ScaleColumns(y, scales);
    }

    public override (Tensor Weight, Tensor? Bias) Merge(Layer layer)
    {
        using var run = new Computation();
        var weight = layer is Linear { IsTransposed: false } ? run.ScaleRows(layer.Weight, scales.Values.ToArray()) : run.ScaleColumns(layer.Weight, scales);
        return (Tensor.From(weight.Values, layer.Weight.Shape), layer.Bias is null ? null : Tensor.From(run.Multiply(layer.Bias, scales).Values, layer.Bias.Shape));
    }
}
