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

    /// <summary>Gets the matrix A, <c>[rank × inputs]</c>.</summary>
    public Tensor A => _aWeight;

    /// <summary>Gets the matrix B, <c>[outputs × rank]</c>.</summary>
    public Tensor B => _bWeight;

    /// <summary>Gets the factors, <c>[rank × 1]</c>.</summary>
    public Tensor E => _e;

    /// <summary>Gets or sets the ranks that the last cut kept; null before the first.</summary>
    public bool[]? Mask { get; set; }

    /// <summary>Gets the ranks that the last cut kept, and those whose factor is not 0 since; null before the first cut.</summary>
    public IReadOnlyList<bool>? Kept => Mask is null ? null : [.. Mask.Select((kept, i) => kept || _e.Values[i] != 0)];

    /// <summary>Sets the factors of all ranks but those to keep to 0.</summary>
    public void Keep(bool[] kept)
    {
        Mask = kept;
        for (var i = 0; i < kept.Length; i++)
        {
            _e.Writable[i] = kept[i] ? _e.Values[i] : 0;
        }
    }

    public override IEnumerable<Parameter> Parameters(string name) =>
        [new(name + ".lora_A", _aWeight), new(name + ".lora_B", _bWeight), new(name + ".lora_E", _e)];

    // Only the ranks that are kept.
    public override IEnumerable<Parameter> Saved(string name)
    {
        if (Kept is not { } kept || kept.All(one => one))
        {
            return Parameters(name);
        }

        int[] rows = [.. Enumerable.Range(0, kept.Count).Where(i => kept[i])];
        var (a, b) = (Tensor.Zeros(rows.Length, _aWeight.Columns), Tensor.Zeros(_bWeight.Rows, rows.Length));
        var e = Tensor.Zeros(rows.Length, 1);
        for (var i = 0; i < rows.Length; i++)
        {
            _aWeight.Row(rows[i]).CopyTo(a.Writable[(i * a.Columns)..]);
            e.Writable[i] = _e.Values[rows[i]];
            for (var output = 0; output < b.Rows; output++)
            {
                b.Writable[(output * rows.Length) + i] = _bWeight.Row(output)[rows[i]];
            }
        }

        return [new(name + ".lora_A", a), new(name + ".lora_B", b), new(name + ".lora_E", e)];
    }

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
        if (dropped != x)
        {
            dropped.Dispose();
        }

        using var weighted = run.ScaleColumns(low, _e);
        using var scaled = run.Scale(weighted, _scale);
        return run.AddLinear(y, scaled, _b);
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
