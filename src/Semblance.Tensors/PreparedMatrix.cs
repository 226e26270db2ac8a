using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>
/// Represents the second operand of matrix products, packed once for all products; it is packed again after its tensor has changed.
/// Thread-safe.
/// </summary>
public sealed class PreparedMatrix
{
    private readonly PackedMatrix?[,] _packed =
        new PackedMatrix?[Enum.GetValues<InstructionSet>().Length, Enum.GetValues<ComputeType>().Length];

    /// <summary>Initializes a new instance of the <see cref="PreparedMatrix"/> class from a tensor, which is not copied.</summary>
    /// <param name="value">
    /// <c>[rows × columns]</c>, where the columns may have several dimensions; <c>[columns × rows]</c> if transposed.
    /// </param>
    /// <param name="transposed">
    /// <see langword="true"/> if the tensor is the transpose of the operand; otherwise, <see langword="false"/>, the default.
    /// </param>
    /// <exception cref="ArgumentException">The tensor is not a matrix.</exception>
    public PreparedMatrix(Tensor value, bool transposed = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Shape.Length < 2 || (transposed && value.Shape.Length > 2))
        {
            throw new ArgumentException(
                $"An operand of a matrix product must be {(transposed ? "[columns × rows]" : "[rows × columns]")}, not {value}.",
                nameof(value));
        }

        (Value, IsTransposed) = (value, transposed);
        Rows = transposed ? value.Columns : value.Shape[0];
        Columns = value.Length / Math.Max(1, Rows);
    }

    /// <summary>Gets the tensor.</summary>
    public Tensor Value { get; }

    /// <summary>Gets a value that indicates whether the tensor is the transpose of the operand.</summary>
    public bool IsTransposed { get; }

    /// <summary>Gets the number of rows of the operand: the width of a product.</summary>
    public int Rows { get; }

    /// <summary>Gets the number of columns of the operand, which is the width of the other operand.</summary>
    public int Columns { get; }

    /// <summary>Packs the operand for the instruction set in use; otherwise the first product does it.</summary>
    /// <param name="type">The number format of the products. <see cref="ComputeType.Float32"/> by default.</param>
    /// <exception cref="NotFiniteNumberException">The type is int8, and the operand contains NaN or infinity.</exception>
    public void Prepare(ComputeType type = ComputeType.Float32) => Packed(InstructionSets.Current, type);

    /// <summary>
    /// Copies a row of the operand, wherever its elements lie in the tensor; of another type than float32, only those of the row are
    /// converted.
    /// </summary>
    internal void CopyRow(int row, Span<float> destination)
    {
        if (!IsTransposed)
        {
            Value.CopyTo(row * Columns, destination);
            return;
        }

        for (var k = 0; k < Columns; k++)
        {
            destination[k] = Value.Values[(k * Rows) + row];
        }
    }

    // Two threads may pack at the same time; the results are equal, and one of them is kept.
    internal PackedMatrix Packed(InstructionSet set, ComputeType type = ComputeType.Float32)
    {
        // The integer sums of longer rows would not fit 32 bits.
        type = type == ComputeType.Int8 && Columns > QuantizedMatrix.MaxColumns ? ComputeType.Float32 : type;
        ref var packed = ref _packed[(int)set, (int)type];
        if (packed is null || packed.Version != Value.Version)
        {
            var tiles = set == InstructionSets.Current ? AssembledTiles.Of(type) : null;
            packed = PackedMatrix.Of(this, set, type, packed, tiles);
        }

        return packed;
    }
}
