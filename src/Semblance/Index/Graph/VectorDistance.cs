using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;

namespace Semblance;

/// <summary>
/// Computes distances for the graph, each with a fixed order of summation: of float32 vectors padded with zeros to a multiple of 16, of
/// int8 codes, and of bits. Cosine and dot product are negated; Euclidean distances are squared.
/// </summary>
internal static unsafe class VectorDistance
{
    /// <summary>Returns the distance function of vectors of a precision.</summary>
    public static delegate*<byte*, byte*, int, float> Of(Precision precision, SimilarityFunction similarity, InstructionSet instructions) =>
        precision switch
        {
            Precision.Binary => &Differing,
            Precision.Int8 => instructions switch
            {
                InstructionSet.Avx512 when Avx512BW.IsSupported => similarity == SimilarityFunction.Euclidean
                    ? &CodesSquared<Products512>
                    : &CodesDot<Products512>,
                InstructionSet.Avx512 or InstructionSet.Avx2 => similarity == SimilarityFunction.Euclidean
                    ? &CodesSquared<Products256>
                    : &CodesDot<Products256>,
                _ => similarity == SimilarityFunction.Euclidean ? &CodesSquared<Products128> : &CodesDot<Products128>,
            },
            _ => (delegate*<byte*, byte*, int, float>)(similarity == SimilarityFunction.Euclidean
                ? PaddedVectors.SquaredDistance(instructions)
                : PaddedVectors.NegativeDot(instructions)),
        };

    /// <summary>Converts a distance of float32 vectors to a similarity.</summary>
    public static float Score(float distance, SimilarityFunction similarity) =>
        similarity == SimilarityFunction.Euclidean ? 0 - MathF.Sqrt(distance) : 0 - distance;

    // A code consists of its int8 values, the size of their step, and its squared length.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float CodesDot<TProducts>(byte* a, byte* b, int count)
        where TProducts : struct, IProducts =>
        -(*(float*)(a + count) * *(float*)(b + count) * TProducts.Sum((sbyte*)a, (sbyte*)b, count));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float CodesSquared<TProducts>(byte* a, byte* b, int count)
        where TProducts : struct, IProducts =>
        ((float*)(a + count))[1] + ((float*)(b + count))[1]
            - (2 * *(float*)(a + count) * *(float*)(b + count) * TProducts.Sum((sbyte*)a, (sbyte*)b, count));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Differing(byte* a, byte* b, int count)
    {
        var bits = 0;
        for (var i = 0; i < count; i += sizeof(ulong))
        {
            bits += BitOperations.PopCount(*(ulong*)(a + i) ^ *(ulong*)(b + i));
        }

        return bits;
    }

    /// <summary>Computes the dot product of int8 values, whose number is a multiple of 64.</summary>
    private interface IProducts
    {
        static abstract int Sum(sbyte* a, sbyte* b, int count);
    }

    private readonly struct Products512 : IProducts
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Sum(sbyte* a, sbyte* b, int count)
        {
            Vector512<int> even = default, odd = default;
            for (var i = 0; i < count; i += 64)
            {
                even += Avx512BW.MultiplyAddAdjacent(
                    Avx512BW.ConvertToVector512Int16(Vector256.Load(a + i)), Avx512BW.ConvertToVector512Int16(Vector256.Load(b + i)));
                odd += Avx512BW.MultiplyAddAdjacent(
                    Avx512BW.ConvertToVector512Int16(Vector256.Load(a + i + 32)),
                    Avx512BW.ConvertToVector512Int16(Vector256.Load(b + i + 32)));
            }

            return Vector512.Sum(even + odd);
        }
    }

    private readonly struct Products256 : IProducts
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Sum(sbyte* a, sbyte* b, int count)
        {
            Vector256<int> even = default, odd = default;
            for (var i = 0; i < count; i += 32)
            {
                even += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(a + i), Avx2.ConvertToVector256Int16(b + i));
                odd += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(a + i + 16), Avx2.ConvertToVector256Int16(b + i + 16));
            }

            return Vector256.Sum(even + odd);
        }
    }

    private readonly struct Products128 : IProducts
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Sum(sbyte* a, sbyte* b, int count)
        {
            Vector128<int> sum = default;
            for (var i = 0; i < count; i += 16)
            {
                var (x, y) = (Vector128.Load(a + i), Vector128.Load(b + i));
                var (low, high) = (Vector128.WidenLower(x) * Vector128.WidenLower(y), Vector128.WidenUpper(x) * Vector128.WidenUpper(y));
                sum += Vector128.WidenLower(low) + Vector128.WidenUpper(low) + Vector128.WidenLower(high) + Vector128.WidenUpper(high);
            }

            return Vector128.Sum(sum);
        }
    }
}
