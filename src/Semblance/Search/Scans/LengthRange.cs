using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Represents the lengths of some rows of int8 or uint8.</summary>
/// <param name="Least">The length of the shortest row.</param>
/// <param name="Most">The length of the longest row.</param>
/// <param name="MostBytes">The length of the longest row of bytes from −128 to 127.</param>
internal readonly record struct LengthRange(double Least, double Most, double MostBytes)
{
    /// <summary>Returns the range of consecutive rows.</summary>
    public static LengthRange Of(VectorMatrix corpus, int first, int count)
    {
        ReadOnlySpan<float> lengths = corpus.Norms.AsSpan(first, count), bytes = corpus.ByteNorms.AsSpan(first, count);
        return new LengthRange(TensorPrimitives.Min(lengths), TensorPrimitives.Max(lengths), TensorPrimitives.Max(bytes));
    }
}
