using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>Represents IA³ at a linear layer: a factor for each output, or for each input.</summary>
internal sealed class Ia3Scales : AdapterWrapper
{
    private readonly bool _scalesInputs;
    private readonly Tensor _factors; // [outputs × 1], or [1 × inputs]

    public Ia3Scales(Linear layer, bool scalesInputs)
    {
        _scalesInputs = scalesInputs;
        _factors = scalesInputs ? Tensor.Zeros(1, layer.Inputs) : Tensor.Zeros(layer.Outputs, 1);
        _factors.Writable.Fill(1);
    }

    public override IEnumerable<Parameter> Parameters(string name) => [new(name + ".ia3_l", _factors)];

    public override Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(layer);
        if (_scalesInputs)
        {
            using var scaled = run.ScaleColumns(x, _factors);
            return layer(scaled);
        }

        using var y = layer(x);
        return run.ScaleColumns(y, _factors);
    }

    public override (Tensor Weight, Tensor? Bias) Merge(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var linear = (Linear)layer;
        var (weight, bias) = (Tensor.From(linear.Weight), linear.Bias is null || _scalesInputs ? linear.Bias : Tensor.From(linear.Bias));
        var values = weight.Writable;
        for (var i = 0; i < values.Length; i++)
        {
            var (row, column) = (i / weight.Columns, i % weight.Columns);
            values[i] *= _factors.Values[_scalesInputs == linear.IsTransposed ? row : column];
        }

        for (var i = 0; bias is not null && !_scalesInputs && i < bias.Length; i++)
        {
            bias.Writable[i] *= _factors.Values[i];
        }

        return (weight, bias);
    }

    public override string ToString() => "IA³";
}
