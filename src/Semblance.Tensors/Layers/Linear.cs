using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>The parameters of y = x Wᵀ + b, or of y = x W + b.</summary>
public sealed class Linear : Layer
{
    private readonly PackedMatrix?[] _packed = new PackedMatrix?[Enum.GetValues<InstructionSet>().Length];

    /// <summary>Makes a layer of its parameters.</summary>
    /// <param name="weight"><c>[outputs × inputs]</c>, where the inputs may have several dimensions; if it is transposed <c>[inputs × outputs]</c>.</param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    /// <param name="transposed">Whether the weight lies transposed, as GPT-2's do. False by default.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Linear(Tensor weight, Tensor? bias, bool transposed = false)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Shape.Length < 2 || (transposed && weight.Shape.Length > 2))
        {
            throw new ArgumentException($"A linear layer's weight is {(transposed ? "[inputs × outputs]" : "[outputs × inputs]")}, not {weight}.", nameof(weight));
        }

        IsTransposed = transposed;
        Outputs = transposed ? weight.Columns : weight.Shape[0];
        Inputs = weight.Length / Math.Max(1, Outputs);
        if (bias is not null && bias.Length != Outputs)
        {
            throw new ArgumentException($"A bias {bias} does not fit a weight {weight}.", nameof(bias));
        }

        Weight = weight;
        Bias = bias;
    }

    /// <summary><c>[outputs × inputs]</c>, or <c>[inputs × outputs]</c> if it is transposed.</summary>
    public Tensor Weight { get; }

    /// <summary><c>[outputs]</c>, or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>The width of x.</summary>
    public int Inputs { get; }

    /// <summary>The width of y.</summary>
    public int Outputs { get; }

    /// <summary>Whether the weight lies transposed.</summary>
    public bool IsTransposed { get; }

    /// <summary>Packs the weight for the instruction set in use, which the first call would do otherwise.</summary>
    public void Prepare() => Packed(InstructionSets.Current);

    /// <summary>Whether the weight or the bias is trained.</summary>
    internal bool RequiresGradient => Weight.RequiresGradient || Bias is { RequiresGradient: true };

    // Two threads may pack at the same time; the results are equal, and one of them stays.
    internal PackedMatrix Packed(InstructionSet set)
    {
        var packed = _packed[(int)set];
        return packed is not null && packed.Version == Weight.Version ? packed : _packed[(int)set] = PackedMatrix.Of(this, set, packed);
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters(string name)
    {
        yield return new(name + ".weight", Weight);
        if (Bias is not null)
        {
            yield return new(name + ".bias", Bias);
        }
    }
}
