using Semblance.Checkpoints;

namespace Semblance.Tests.Conversion;

/// <summary>Each type of block against the values that its layout gives, computed by hand.</summary>
public sealed class GgufBlockTests
{
    // 0.5, 2 and 1 in float16, lowest byte first.
    private static readonly byte[] Half = [0x00, 0x38], Two = [0x00, 0x40], One = [0x00, 0x3C];

    [Fact]
    public void Blocks_of_four_bits_are_centered_at_eight()
    {
        // Element 0 is 3 and element 16 is 12: (3 − 8) / 2 and (12 − 8) / 2; the others are −4.
        var values = Read(2, [.. Half, 0xC3, .. new byte[15]], 32);

        Chosen(values, 0, 1, 16, 17).ShouldBe([-2.5f, -4f, 2f, -4f]);
    }

    [Fact]
    public void Blocks_of_four_bits_with_a_minimum_start_at_it()
    {
        var values = Read(3, [.. Half, .. Two, 0xC3, .. new byte[15]], 32);

        Chosen(values, 0, 1, 16, 17).ShouldBe([3.5f, 2f, 8f, 2f]);
    }

    [Fact]
    public void Blocks_of_five_bits_take_the_fifth_bit_from_the_mask()
    {
        // Bits 0 and 17 of the mask: element 0 is 3 + 16, element 17 is 0 + 16.
        byte[] mask = [0x01, 0x00, 0x02, 0x00];
        var centered = Read(6, [.. Half, .. mask, 0xC3, .. new byte[15]], 32);
        var fromMinimum = Read(7, [.. Half, .. Two, .. mask, 0xC3, .. new byte[15]], 32);

        Chosen(centered, 0, 1, 16, 17).ShouldBe([1.5f, -8f, -2f, 0f]);
        Chosen(fromMinimum, 0, 1, 16, 17).ShouldBe([11.5f, 2f, 8f, 10f]);
    }

    [Fact]
    public void Blocks_of_eight_bits_are_signed()
    {
        var values = Read(8, [.. Half, 0xFF, 0x7F, .. new byte[30]], 32);

        Chosen(values, 0, 1, 31).ShouldBe([-0.5f, 63.5f, 0f]);
    }

    [Fact]
    public void Large_blocks_of_two_bits_have_a_scale_and_a_minimum_for_sixteen_elements()
    {
        var block = new byte[84];
        block[0] = 0x21; // part 0: scale 1, minimum 2
        block[2] = 0x03; // part 2: scale 3
        block[9] = 0x01; // part 9: scale 1
        block[16] = 0x0D; // element 0 is 1, element 32 is 3
        block[16 + 48] = 0x02; // the second half, 16 elements on: element 144 is 2
        (block[81], block[83]) = (One[1], Half[1]);

        var values = Read(10, block, 256);

        Chosen(values, 0, 1, 32, 144, 145).ShouldBe([1f - (2 * 0.5f), 0f - (2 * 0.5f), 9f, 2f, 0f]);
    }

    [Fact]
    public void Large_blocks_of_three_bits_have_signed_scales_of_six_bits()
    {
        var block = new byte[110];
        block[0] = 0x01; // the third bit of element 0
        block[32] = 0x02; // element 0 is 2, with its third bit 2 + 4 − 4
        block[96] = 0x05; // part 0: low bits 5; part 8: 0
        block[104] = 0x02; // part 0: high bits 2, 37 − 32 = 5
        block[109] = 0x3C;

        var values = Read(11, block, 256);

        // Element 1 has code 0 − 4; part 1 has the scale 0 − 32.
        Chosen(values, 0, 1, 16).ShouldBe([2f * 5, -4f * 5, -4f * -32]);
    }

    [Fact]
    public void Large_blocks_of_four_bits_have_scales_and_minimums_of_six_bits()
    {
        var block = new byte[144];
        (block[1], block[3]) = (One[1], Half[1]);
        block[4] = 0x82; // part 0: scale 2; part 4: high bits of the scale 2
        block[8] = 0x46; // part 0: minimum 6; part 4: high bits of the minimum 1
        block[12] = 0x73; // part 4: scale 3 + 32, minimum 7 + 16
        block[16] = 0x05; // element 0 is 5
        block[16 + 64] = 0x01; // element 128 is 1

        var values = Read(12, block, 256);

        Chosen(values, 0, 1, 128, 129).ShouldBe([(5f * 2) - 3, -3f, 35f - 11.5f, -11.5f]);
    }

    [Fact]
    public void Large_blocks_of_five_bits_take_the_fifth_bit_of_each_part()
    {
        var block = new byte[176];
        block[1] = One[1];
        (block[4], block[5]) = (2, 1); // parts 0 and 1: scales 2 and 1
        block[16] = 0x03; // the fifth bits of elements 0 and 32
        block[48] = 0x95; // element 0 is 5, element 32 is 9

        var values = Read(13, block, 256);

        Chosen(values, 0, 1, 32).ShouldBe([42f, 0f, 25f]);
    }

    [Fact]
    public void Large_blocks_of_six_bits_are_centered_at_thirty_two()
    {
        var block = new byte[210];
        block[0] = 0x41; // elements 0 and 64 have the lower bits 1 and 4
        block[128] = 0x12; // elements 0 and 64 have the upper bits 2 and 1
        (block[192], block[196]) = (0xFF, 2); // parts 0 and 4: scales −1 and 2
        block[209] = 0x3C;

        var values = Read(14, block, 256);

        Chosen(values, 0, 1, 64).ShouldBe([-1f, 32f, -24f]);
    }

    [Fact]
    public void Numbers_that_are_not_quantized_are_converted()
    {
        Read(1, [.. Half, .. Two], 2).ShouldBe([0.5f, 2f]);
        Read(30, [0x80, 0x3F, 0x00, 0xC0], 2).ShouldBe([1f, -2f]);
        Read(0, BitConverter.GetBytes(1.5f), 1).ShouldBe([1.5f]);
        Read(28, BitConverter.GetBytes(1.5), 1).ShouldBe([1.5f]);
    }

    private static float[] Read(int type, byte[] data, int count)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Of("model.gguf"), new GgufBuilder().Add("x", [1, count], type, data).Build());
        return GgufFile.Open(folder.Of("model.gguf")).Read("x").Values.ToArray();
    }

    private static float[] Chosen(float[] values, params int[] indices) => [.. indices.Select(i => values[i])];
}
