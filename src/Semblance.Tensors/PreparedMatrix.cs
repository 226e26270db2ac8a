using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>
/// The second operand of matrix products, packed once for as many as there are; packed again when its tensor has been written since. Safe
/// for all threads.
/// </summary>
public sealed class PreparedMatrix
{
    private readonly PackedMatrix?[] _packed = new PackedMatrix?[Enum.GetValues<InstructionSet>().Length];

    /// <summary>Makes an operand of a tensor, which is not copied.</summary>
    /// <param name="value"><c>[rows × columns]</c>, where the columns may have several dimensions; if it is transposed <c>[columns ×
    /// rows]</c>.</param>
    /// <param name="transposed">Whether the tensor is the transpose of the operand. False by default.</param>
    /// <exception cref="ArgumentException">The tensor is no matrix.</exception>
    public PreparedMatrix(Tensor value, bool transposed = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Shape.Length < 2 || (transposed && value.Shape.Length > 2))
        {
            throw new ArgumentException(
                $"An operand of a matrix product is {(transposed ? "[columns × rows]" : "[rows × columns]")}, not {value}.",
                nameof(value));
        }

        (Value, IsTransposed) = (value, transposed);
        Rows = transposed ? value.Columns : value.Shape[0];
        Columns = value.Length / Math.Max(1, Rows);
    }

    /// <summary>Gets the tensor.</summary>
    public Tensor Value { get; }

    /// <summary>Gets whether the tensor is the transpose of the operand.</summary>
    public bool IsTransposed { get; }

    /// <summary>Gets the number of rows of the operand: the width of a product.</summary>
    public int Rows { get; }

    /// <summary>Gets the number of columns of the operand: the width of the other one.</summary>
    public int Columns { get; }

    /// <summary>Packs the operand for the instruction set in use, which the first product would do otherwise.</summary>
    public void Prepare() => Packed(InstructionSets.Current);

    // Two threads may pack at the same time; the results are equal, and one of them stays.
    internal PackedMatrix Packed(InstructionSet set)
    {
        var packed = _packed[(int)set];
        return packed is not null && packed.Version == Value.Version ? packed : _packed[(int)set] = PackedMatrix.Of(this, set, packed);
    }
}
