using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents low-rank adaptation of a linear layer: y = W x + b + s · B A x. With DoRA, y = b + m/‖W + s·B A‖ · (W x + s · B A x), where
/// ‖·‖ is the norm of each row and constant in the backward pass.
/// </summary>
internal sealed class LoraLinear : AdapterWrapper
{
    private readonly Linear _base; // the layer, with the adapter's own bias if it trains one
    private readonly Linear _weightOnly;
    private readonly Tensor? _bias;
    private readonly Linear _a;
    private readonly Linear _b;
    private readonly float _scale;
    private readonly float _dropout;
    private readonly Tensor? _magnitude; // [outputs]

    public LoraLinear(
        Linear layer, Tensor a, Tensor b, float scale, float dropout = 0, Tensor? outerBias = null, Tensor? bias = null,
        Tensor? magnitude = null)
    {
        (_a, _b, _scale, _dropout, _bias, _magnitude) = (new Linear(a, null), new Linear(b, outerBias), scale, dropout, bias, magnitude);
        _base = bias is null ? layer : layer.WithBias(bias);
        _weightOnly = layer.WithBias(null);
    }

    public static LoraLinear Create(Linear layer, LoraConfig config, IReadOnlyList<string> names, Random random)
    {
        var rank = config.RankOf(names);
        var a = config.Initialization == LoraInitialization.Gaussian
            ? Random(random, r => Normal(r) / rank, rank, layer.Inputs)
            : Random(random, r => Uniform(r, layer.Inputs), rank, layer.Inputs);
        var b = config.Initialization == LoraInitialization.Random
            ? Random(random, r => Uniform(r, rank), layer.Outputs, rank)
            : Tensor.Zeros(layer.Outputs, rank);
        return new LoraLinear(
            layer, a, b, config.ScaleOf(names), config.Dropout, config.LoraBias ? Tensor.Zeros(layer.Outputs) : null,
            config.Bias != AdapterBias.None && layer.Bias is not null ? Tensor.From(layer.Bias) : null,
            config.UseDora ? Tensor.From(RowNorms(layer, null), layer.Outputs) : null);
    }

    public override IEnumerable<Parameter> Parameters(string name)
    {
        yield return new(name + ".lora_A.weight", _a.Weight);
        yield return new(name + ".lora_B.weight", _b.Weight);
        if (_b.Bias is not null)
        {
            yield return new(name + ".lora_B.bias", _b.Bias);
        }

        if (_magnitude is not null)
        {
            yield return new(name + ".lora_magnitude_vector", _magnitude);
        }

        if (_bias is not null)
        {
            yield return new(name + ".base_layer.bias", _bias);
        }
    }

    public override Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (_magnitude is null)
        {
            using var y = _bias is null ? layer(x) : run.Linear(x, _base);
            if (_b.Bias is null)
            {
                using var small = Narrow(run, x);
                return run.AddLinear(y, small, _b);
            }

            using var change = Change(run, x);
            return run.Add(y, change);
        }

        using var plain = run.Linear(x, _weightOnly);
        using var low = Change(run, x);
        using var sum = run.Add(plain, low);
        using var inverse = Tensor.From(Array.ConvertAll(RowNorms(_base, Product()), norm => 1 / norm), _magnitude.Shape);
        using var factors = run.Multiply(_magnitude, inverse);
        var scaled = run.ScaleColumns(sum, factors);
        if (_base.Bias is null)
        {
            return scaled;
        }

        using (scaled)
        {
            return run.AddRow(scaled, _base.Bias);
        }
    }

    public override (Tensor Weight, Tensor? Bias) Merge(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var linear = (Linear)layer;
        var product = Product();
        var factors = _magnitude is null ? null : RowNorms(linear, product);
        for (var row = 0; factors is not null && row < factors.Length; row++)
        {
            factors[row] = _magnitude!.Values[row] / factors[row];
        }

        var weight = Tensor.From(linear.Weight);
        var values = weight.Writable;
        for (var row = 0; row < linear.Outputs; row++)
        {
            for (var column = 0; column < linear.Inputs; column++)
            {
                var i = linear.IsTransposed ? (column * linear.Outputs) + row : (row * linear.Inputs) + column;
                var sum = values[i] + product.Values[(row * linear.Inputs) + column];
                values[i] = factors is null ? sum : sum * factors[row];
            }
        }

        return (weight, MergedBias(_bias ?? linear.Bias, factors));
    }

    public override string ToString() => _magnitude is null ? "LoRA" : "DoRA";

    // s · A x, [rows × rank]; the narrower of the two results is scaled.
    private Tensor Narrow(Computation run, Tensor x)
    {
        using var low = Low(run, x);
        return run.Scale(low, _scale);
    }

    // s · (B A x + b), [rows × outputs].
    private Tensor Change(Computation run, Tensor x)
    {
        if (_b.Bias is null)
        {
            using var small = Narrow(run, x);
            return run.Linear(small, _b);
        }

        using var low = Low(run, x);
        using var high = run.Linear(low, _b);
        return run.Scale(high, _scale);
    }

    private Tensor Low(Computation run, Tensor x)
    {
        var dropped = _dropout > 0 ? run.Dropout(x, _dropout) : x;
        var low = run.Linear(dropped, _a);
        if (dropped != x)
        {
            dropped.Dispose();
        }

        return low;
    }

    private Tensor? MergedBias(Tensor? bias, float[]? factors)
    {
        if (_b.Bias is null)
        {
            return bias;
        }

        var sum = bias is null ? Tensor.Zeros(_b.Outputs) : Tensor.From(bias);
        for (var i = 0; i < sum.Length; i++)
        {
            sum.Writable[i] += _scale * _b.Bias.Values[i] * (factors?[i] ?? 1);
        }

        return sum;
    }

    // s · B A, [outputs × inputs].
    private Tensor Product()
    {
        using var run = new Computation();
        using var product = run.MatrixProduct(_b.Weight, new PreparedMatrix(_a.Weight, transposed: true));
        return Tensor.From(run.Scale(product, _scale));
    }

    // ‖W + change‖ of each output.
    private static float[] RowNorms(Linear layer, Tensor? change)
    {
        var norms = new float[layer.Outputs];
        var row = new float[layer.Inputs];
        for (var output = 0; output < norms.Length; output++)
        {
            if (layer.IsTransposed)
            {
                for (var input = 0; input < row.Length; input++)
                {
                    row[input] = layer.Weight.Values[(input * layer.Outputs) + output];
                }
            }
            else
            {
                layer.Weight.CopyTo(output * row.Length, row);
            }

            if (change is not null)
            {
                TensorPrimitives.Add(row, change.Row(output), row);
            }

            norms[output] = TensorPrimitives.Norm(row);
        }

        return norms;
    }
}
