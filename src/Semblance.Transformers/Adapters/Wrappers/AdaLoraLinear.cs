using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>Represents AdaLoRA at a linear layer: y = W x + b + s · B (A x ∘ E).</summary>
internal sealed class AdaLoraLinear : AdapterWrapper
{
    private const double Deviation = 0.02;

    private readonly Linear? _a; // null if no rank was kept
    private readonly Linear? _b;
    private readonly Tensor _aWeight; // [rank × inputs]
    private readonly Tensor _bWeight; // [outputs × rank]
    private readonly Tensor _e; // [rank × 1]
    private readonly float _scale;
    private readonly float _dropout;

    public AdaLoraLinear(Linear layer, int rank, float scale, float dropout, Random random)
    {
        (_scale, _dropout) = (scale, dropout);
        _aWeight = Random(random, r => Deviation * Normal(r), rank, layer.Inputs);
        _bWeight = Random(random, r => Deviation * Normal(r), layer.Outputs, rank);
        _e = Tensor.Zeros(rank, 1);
        (_a, _b) = rank == 0 ? (null, null) : (new Linear(_aWeight, null), new Linear(_bWeight, null));
    }

    public override IEnumerable<Parameter> Parameters(string name) =>
        [new(name + ".lora_A", _aWeight), new(name + ".lora_B", _bWeight), new(name + ".lora_E", _e)];

    public override Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(layer);
        if (_a is null || _b is null)
        {
            return layer(x);
        }

        using var y = layer(x);
        var dropped = _dropout > 0 ? run.Dropout(x, _dropout) : x;
        using var low = run.Linear(dropped, _a); // [rows × rank]
        using var weighted = run.ScaleColumns(low, _e);
        using var scaled = run.Scale(weighted, _scale);
        using var change = run.Linear(scaled, _b); // [rows × outputs]
        return run.Add(y, change);
    }

    public override (Tensor Weight, Tensor? Bias) Merge(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var linear = (Linear)layer;
        var (weight, rank) = (Tensor.From(linear.Weight), _e.Length);
        var values = weight.Writable;
        for (var row = 0; row < linear.Outputs; row++)
        {
            for (var column = 0; column < linear.Inputs; column++)
            {
                var sum = 0f;
                for (var i = 0; i < rank; i++)
                {
                    sum += _bWeight.Values[(row * rank) + i] * _e.Values[i] * _aWeight.Values[(i * linear.Inputs) + column];
                }

                values[linear.IsTransposed ? (column * linear.Outputs) + row : (row * linear.Inputs) + column] += _scale * sum;
            }
        }

        return (weight, linear.Bias);
    }

    public override string ToString() => "AdaLoRA";
}
