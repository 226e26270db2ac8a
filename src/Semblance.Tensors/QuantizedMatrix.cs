using System.Runtime.Intrinsics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>
/// Represents a weight in 8-bit integers: element (n, k) is <c>Scales[n] · Values[n · Columns + k]</c>, symmetric, with a scale for each
/// row n, which is an output of the layer.
/// </summary>
/// <remarks>
/// The rule: the scale of a row is its largest magnitude divided by <see cref="LargestWeight"/>, and a value is the weight divided by the
/// scale, rounded to the nearest whole number, ties to even. A row of zeros has the scale 0. The range is −64 to 64 on every processor,
/// because two products with a byte then fit 16 bits: AVX2 adds them in 16 bits (<c>vpmaddubsw</c>) without saturation, so that sums are
/// exact and equal on all instruction sets.
/// </remarks>
public sealed class QuantizedMatrix
{
    /// <summary>The largest magnitude of a value.</summary>
    public const int LargestWeight = ByteProducts.LargestWeight;

    /// <summary>The largest number of columns, for which a sum of products with bytes always fits 32 bits.</summary>
    public const int MaxColumns = int.MaxValue / (byte.MaxValue * LargestWeight);

    private const int RowsOfTask = 16;

    private readonly sbyte[] _values;
    private readonly float[] _scales;

    /// <summary>Initializes a new instance of the <see cref="QuantizedMatrix"/> class from its values, which are not copied.</summary>
    /// <param name="values"><c>[rows × columns]</c>, from −<see cref="LargestWeight"/> to <see cref="LargestWeight"/>.</param>
    /// <param name="scales"><c>[rows]</c>, finite and not negative.</param>
    /// <exception cref="ArgumentException">
    /// The lengths do not match, a value or scale is out of range, or a row has more than <see cref="MaxColumns"/> columns.
    /// </exception>
    public QuantizedMatrix(sbyte[] values, float[] scales)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scales);
        if (scales.Length == 0 ? values.Length > 0 : values.Length % scales.Length != 0 || values.Length / scales.Length > MaxColumns)
        {
            throw new ArgumentException(
                $"{values.Length} values do not fill {scales.Length} rows of equal length, at most {MaxColumns} columns each.",
                nameof(values));
        }

        if (values.AsSpan().IndexOfAnyExceptInRange((sbyte)-LargestWeight, (sbyte)LargestWeight) is >= 0 and var index)
        {
            throw new ArgumentException(
                $"Value {index} is {values[index]}; quantized weights are from -{LargestWeight} to {LargestWeight}.", nameof(values));
        }

        if (Array.FindIndex(scales, scale => !float.IsFinite(scale) || scale < 0) is >= 0 and var row)
        {
            throw new ArgumentException($"The scale of row {row} is {scales[row]}; a scale is finite and not negative.", nameof(scales));
        }

        (_values, _scales) = (values, scales);
    }

    /// <summary>Gets the number of rows.</summary>
    public int Rows => _scales.Length;

    /// <summary>Gets the number of columns.</summary>
    public int Columns => _values.Length / Math.Max(1, _scales.Length);

    /// <summary>Gets the values, <c>[rows × columns]</c>.</summary>
    public ReadOnlySpan<sbyte> Values => _values;

    /// <summary>Gets the scale of each row.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>Quantizes a weight.</summary>
    /// <param name="matrix">The weight; if it is stored transposed, the rows of the operand are quantized, not those of the tensor.</param>
    /// <exception cref="NotFiniteNumberException">The weight contains NaN or infinity; the message names the row.</exception>
    public static QuantizedMatrix Quantize(PreparedMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (values, scales) = (GC.AllocateUninitializedArray<sbyte>(matrix.Value.Length), new float[matrix.Rows]);
        Workers.Shared.For((matrix.Rows + RowsOfTask - 1) / RowsOfTask, int.MaxValue, task =>
        {
            var weights = new float[matrix.Columns];
            for (var row = task * RowsOfTask; row < Math.Min(matrix.Rows, (task + 1) * RowsOfTask); row++)
            {
                matrix.CopyRow(row, weights);
                scales[row] = Quantize(weights, values.AsSpan(row * weights.Length, weights.Length));
            }
        });
        return Array.FindIndex(scales, float.IsNaN) is >= 0 and var row
            ? throw new NotFiniteNumberException(
                $"Row {row} of a weight {matrix.Value} contains NaN or infinity, which int8 cannot represent; compute in float32.")
            : new QuantizedMatrix(values, scales);
    }

    // Returns the scale; NaN if a weight is not finite. The weights are overwritten.
    private static float Quantize(Span<float> weights, Span<sbyte> values)
    {
        var largest = weights.IsEmpty ? 0 : MathF.Abs(TensorPrimitives.MaxMagnitude(weights)); // NaN if any is
        if (!float.IsFinite(largest))
        {
            return float.NaN;
        }

        // A scale below the smallest normal number has no precise reciprocal, and its row is zero in effect.
        var scale = largest / LargestWeight;
        if (!float.IsNormal(scale))
        {
            values.Clear();
            return 0;
        }

        TensorPrimitives.Divide(weights, scale, weights);
        TensorPrimitives.Round(weights, weights);
        Narrow(weights, values);
        return scale;
    }

    // Converts whole numbers, 32 at a time.
    private static void Narrow(ReadOnlySpan<float> weights, Span<sbyte> values)
    {
        var i = 0;
        for (; i <= values.Length - Vector256<sbyte>.Count; i += Vector256<sbyte>.Count)
        {
            Vector256.Narrow(Sixteen(weights[i..]), Sixteen(weights[(i + Vector256<short>.Count)..])).CopyTo(values[i..]);
        }

        for (; i < values.Length; i++)
        {
            values[i] = (sbyte)weights[i];
        }

        static Vector256<short> Sixteen(ReadOnlySpan<float> from) => Vector256.Narrow(
            Vector256.ConvertToInt32Native(Vector256.Create(from)),
            Vector256.ConvertToInt32Native(Vector256.Create(from[Vector256<float>.Count..])));
    }
}
