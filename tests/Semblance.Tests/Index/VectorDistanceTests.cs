using Semblance.Tensors.Instructions;

namespace Semblance.Tests;

public unsafe class VectorDistanceTests
{
    [Fact]
    public void Distances_on_every_instruction_set_are_those_of_the_definition()
    {
        foreach (var set in InstructionSets.Available)
        {
            foreach (var dimension in (int[])[1, 15, 16, 17, 48, 100, 384])
            {
                var vectors = Vectors.Random(dimension, 2, dimension);
                float[] a = [.. vectors.Row(0), .. new float[(16 - (dimension % 16)) % 16]], b = [.. vectors.Row(1), .. new float[(16 - (dimension % 16)) % 16]];
                fixed (float* x = a, y = b)
                {
                    var dot = a.Zip(b).Sum(pair => (double)pair.First * pair.Second);
                    var squared = a.Zip(b).Sum(pair => ((double)pair.First - pair.Second) * ((double)pair.First - pair.Second));
                    VectorDistance.Of(Precision.Float32, SimilarityFunction.DotProduct, set)((byte*)x, (byte*)y, a.Length).ShouldBe((float)-dot, 1e-4f);
                    VectorDistance.Of(Precision.Float32, SimilarityFunction.Euclidean, set)((byte*)x, (byte*)y, a.Length).ShouldBe((float)squared, 1e-4f);
                    Codes(Precision.Int8, SimilarityFunction.DotProduct).ShouldBe((float)-dot, 0.02f * dimension / 4);
                    Codes(Precision.Int8, SimilarityFunction.Euclidean).ShouldBe((float)squared, 0.02f * dimension / 2);
                    Codes(Precision.Binary, SimilarityFunction.Cosine).ShouldBe(a.Zip(b).Count(pair => pair.First > 0 != pair.Second > 0));
                }

                float Codes(Precision precision, SimilarityFunction similarity)
                {
                    byte[] first = new byte[VectorCodes.Stride(precision, dimension)], second = new byte[first.Length];
                    VectorCodes.Write(precision, vectors.Row(0), first);
                    VectorCodes.Write(precision, vectors.Row(1), second);
                    fixed (byte* x = first, y = second)
                    {
                        return VectorDistance.Of(precision, similarity, set)(x, y, VectorCodes.Length(precision, dimension));
                    }
                }
            }
        }
    }

    [Fact]
    public void The_checksum_is_that_of_the_standard()
    {
        // The check value of CRC-32C in the catalog of Williams and Cook.
        Checksum.Of("123456789"u8).ShouldBe(0xE3069283);
        var checksum = Checksum.Begin();
        checksum.Append("12345"u8);
        checksum.Append("6789"u8);
        checksum.GetCurrentHashAsUInt32().ShouldBe(0xE3069283);
    }
}
