using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>
/// Computes the products of many rows with a few vectors, each row read once: for so few vectors that a matrix product would be slowed by
/// the width of its panels. The order of the sums differs from that of <see cref="MatrixProductOperation"/>.
/// </summary>
public static unsafe class RowProducts
{
    /// <summary>
    /// The number by which <see cref="Half"/> elements are divided when they are loaded, 2¹¹²; the vectors must be multiplied by it.
    /// </summary>
    public const float HalfDivisor = 5.192296858534828e33f;

    /// <summary>Multiplies rows of float32 with vectors, on the calling thread.</summary>
    /// <param name="rows"><c>[rows × columns]</c>, one row after another.</param>
    /// <param name="vectors"><c>[vectors × columns]</c>, at least one.</param>
    /// <param name="products">Receives <c>[vectors × stride]</c>; the first <c>rows</c> elements of each vector are written.</param>
    /// <param name="stride">The number of elements from one vector's products to the next's; at least the number of rows.</param>
    /// <param name="squares">Receives the sum of the squares of each row.</param>
    /// <param name="instructions">The vector instructions to use; <see langword="null"/>, the default, for the best available.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void Multiply(
        ReadOnlySpan<float> rows, Tensor vectors, Span<float> products, int stride, Span<float> squares,
        InstructionSet? instructions = null)
    {
        fixed (float* x = rows)
        {
            Multiply<SingleElements>(x, rows.Length, vectors, products, stride, squares, instructions);
        }
    }

    /// <summary>Multiplies rows of float16 with vectors, on the calling thread. Infinity and NaN are read as 2¹⁶ and more.</summary>
    /// <param name="rows"><c>[rows × columns]</c>, one row after another.</param>
    /// <param name="vectors"><c>[vectors × columns]</c>, at least one, times <see cref="HalfDivisor"/>.</param>
    /// <param name="products">Receives <c>[vectors × stride]</c>; the first <c>rows</c> elements of each vector are written.</param>
    /// <param name="stride">The number of elements from one vector's products to the next's; at least the number of rows.</param>
    /// <param name="squares">Receives the sum of the squares of each row.</param>
    /// <param name="instructions">The vector instructions to use; <see langword="null"/>, the default, for the best available.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void Multiply(
        ReadOnlySpan<Half> rows, Tensor vectors, Span<float> products, int stride, Span<float> squares, InstructionSet? instructions = null)
    {
        fixed (Half* x = rows)
        {
            Multiply<HalfElements>(x, rows.Length, vectors, products, stride, squares, instructions);
        }
    }

    private static void Multiply<TElements>(
        void* x, int length, Tensor vectors, Span<float> products, int stride, Span<float> squares, InstructionSet? instructions)
        where TElements : struct, IStoredElements
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var rows = vectors.Columns == 0 ? 0 : length / vectors.Columns;
        if (vectors.Rows == 0 || rows * vectors.Columns != length || stride < rows
            || products.Length < ((vectors.Rows - 1) * stride) + rows || squares.Length < rows)
        {
            throw new ArgumentException(
                $"{length} elements, {products.Length} products and {squares.Length} squares do not fit vectors {vectors}.",
                nameof(vectors));
        }

        fixed (float* toProducts = products, toSquares = squares)
        {
            var kernel = new RowProductsKernel<TElements>(x, vectors, toProducts, stride, toSquares);
            (instructions ?? InstructionSets.Current).Run(kernel, 0, rows);
        }
    }
}
