using System.Buffers.Binary;
using System.IO.Compression;
using Semblance.Transformers.Images;

namespace Semblance.Transformers.Tests.Images;

public class PngDecoderTests
{
    [Theory]
    [InlineData(0, 1, new byte[] { 0b0100_0000 }, new byte[] { 0, 255 })]
    [InlineData(0, 2, new byte[] { 0b0110_0000 }, new byte[] { 85, 170 })]
    [InlineData(0, 4, new byte[] { 0x3F }, new byte[] { 51, 255 })]
    [InlineData(0, 8, new byte[] { 7, 9 }, new byte[] { 7, 9 })]
    [InlineData(0, 16, new byte[] { 7, 200, 9, 1 }, new byte[] { 7, 9 })]
    [InlineData(4, 8, new byte[] { 7, 0, 9, 255 }, new byte[] { 7, 9 })]
    public void Gray_becomes_three_equal_colors(int type, int depth, byte[] row, byte[] grays) =>
        ImageReader.Default.Read(Png(2, 1, depth, type, [0, .. row])).Pixels.ToArray().ShouldBe([.. grays.SelectMany(gray => Enumerable.Repeat(gray, 3))]);

    [Theory]
    [InlineData(2, 8, new byte[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(2, 16, new byte[] { 1, 0, 2, 0, 3, 0, 4, 9, 5, 9, 6, 9 })]
    [InlineData(6, 8, new byte[] { 1, 2, 3, 0, 4, 5, 6, 255 })]
    [InlineData(3, 4, new byte[] { 0x12 })]
    public void Colors_lose_their_transparency_and_their_lower_byte(int type, int depth, byte[] row) =>
        ImageReader.Default.Read(Png(2, 1, depth, type, [0, .. row], [0, 0, 0, 1, 2, 3, 4, 5, 6])).Pixels.ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);

    [Fact]
    public void Every_filter_is_undone()
    {
        byte[] rows = [0, 10, 20, 30, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 1, 1, 4, 1, 1, 1];
        ImageReader.Default.Read(Png(3, 5, 8, 0, rows)).Pixels.ToArray().Where((_, i) => i % 3 == 0).ShouldBe((byte[])
        [
            10, 20, 30,
            1, 2, 3,
            2, 3, 4,
            2, 3, 4,
            3, 4, 5,
        ]);
    }

    [Fact]
    public void An_interlaced_image_is_put_together()
    {
        byte[] expected = [.. Enumerable.Range(0, 7 * 9).Select(i => (byte)(i * 4))];
        var rows = new List<byte>();
        foreach (var (left, top, across, down) in new[] { (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2) })
        {
            for (var y = top; y < 9; y += down)
            {
                rows.Add(0);
                for (var x = left; x < 7; x += across)
                {
                    rows.Add(expected[(y * 7) + x]);
                }
            }
        }

        ImageReader.Default.Read(Png(7, 9, 8, 0, [.. rows], interlaced: true)).Pixels.ToArray().Where((_, i) => i % 3 == 0).ShouldBe(expected);
    }

    [Fact]
    public void Whatever_byte_is_broken_or_missing_nothing_but_the_fault_is_thrown()
    {
        var good = Png(5, 4, 8, 2, [.. Enumerable.Range(0, 4 * 16).Select(i => (byte)(i % 16 == 0 ? i / 16 : i))]);
        ImageReader.Default.Read(good).Width.ShouldBe(5);
        for (var i = 0; i < good.Length; i++)
        {
            var broken = (byte[])good.Clone();
            broken[i] ^= 0x55;
            Should.Throw<ImageFormatException>(() => ImageReader.Default.Read(broken), $"byte {i}");
            Should.Throw<ImageFormatException>(() => ImageReader.Default.Read(good.AsMemory(0, i)), $"the first {i} bytes");
        }
    }

    [Theory]
    [InlineData(4097, 4096, 0, "4097 × 4096 pixels; expected at most 65,536 along an edge and, for a file of its size, 16,777,216 in all")]
    [InlineData(65537, 1, 0, "65537 × 1")]
    [InlineData(1, 65537, 0, "1 × 65537")]
    [InlineData(6000, 6000, 300_000, "for a file of its size, 3")]
    [InlineData(9500, 9500, 2_000_000, "for a file of its size, 89,478,485 in all")]
    public void An_image_of_more_pixels_than_its_file_accounts_for_is_refused_before_it_is_decoded(int width, int height, int length, string problem)
    {
        var noise = new byte[length];
        new Random(1).NextBytes(noise);
        var png = Png(width, height, 8, 2, noise);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ImageFormatException>(() => ImageReader.Default.Read(png, "i.png")).Message.ShouldContain(problem);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void Decoding_a_large_flat_image_takes_its_pixels_and_little_more()
    {
        var png = Png(4096, 4096, 1, 0, new byte[4096 * 513]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ImageReader.Default.Read(png).Pixels.Length.ShouldBe(3 << 24);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((3 << 24) + (2 << 20));
    }

    [Fact]
    public void Other_formats_and_impossible_headers_are_named()
    {
        Should.Throw<ImageFormatException>(() => ImageReader.Default.Read("RIFF\0\0\0\0WEBP"u8.ToArray(), "photo.webp")).Message.ShouldBe("photo.webp: this is a WebP, but only PNG and JPEG can be read; convert it first.");
        Should.Throw<ImageFormatException>(() => new ImageReader(new PngDecoder()).Read(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0 }, "photo.jpg")).Message.ShouldBe("photo.jpg: this is a JPEG, but only PNG can be read; convert it first.");
        Should.Throw<ImageFormatException>(() => ImageReader.Default.Read(Png(1 << 20, 1 << 20, 8, 2, []))).Message.ShouldContain("1048576 × 1048576");
        Should.Throw<ImageFormatException>(() => ImageReader.Default.Read(Png(2, 2, 3, 2, []))).Message.ShouldContain("depth 3");
        Should.Throw<ImageFormatException>(() => ImageReader.Default.Read(Png(2, 2, 8, 2, [0, 1]))).Message.ShouldContain("end too early");
        Should.Throw<ImageFormatException>(() => ImageReader.Default.Read(Png(1, 1, 8, 3, [0, 1], [1, 2, 3]))).Message.ShouldContain("palette");
        Should.Throw<ImageFormatException>(() => ImageReader.Default.Read(Png(1, 1, 8, 0, [9, 1]))).Message.ShouldContain("filter 9");
    }

    private static byte[] Png(int width, int height, int depth, int type, byte[] rows, byte[]? palette = null, bool interlaced = false)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)type, (byte)(interlaced ? 1 : 0));
        var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(rows);
        }

        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR"u8, header), .. palette is null ? [] : Chunk("PLTE"u8, palette), .. Chunk("IDAT"u8, compressed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] chunk = [0, 0, 0, 0, .. type, .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        var remainder = uint.MaxValue;
        foreach (var value in chunk.AsSpan(4, 4 + data.Length))
        {
            remainder ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) != 0 ? (remainder >> 1) ^ 0xEDB88320 : remainder >> 1;
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), ~remainder);
        return chunk;
    }
}
