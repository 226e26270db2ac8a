using Semblance.Transformers.Images;

namespace Semblance.Transformers.Tests.Images;

public class JpegDecoderTests
{
    // The pixels of the fixtures are libjpeg-turbo's (djpeg 2.1.5); those of CMYK are Skia's.
    [Theory]
    [InlineData("color", "color")]
    [InlineData("progressive", "color")]
    [InlineData("restart-markers", "color")]
    [InlineData("full-chroma", "full-chroma")]
    [InlineData("gray", "gray")]
    [InlineData("cmyk", "cmyk")]
    public void Pixels_are_those_of_libjpeg_turbo_to_a_few_levels(string file, string pixels)
    {
        var (image, expected) = (Read(file + ".jpg"), Read(pixels + ".png"));
        (image.Width, image.Height).ShouldBe((expected.Width, expected.Height));
        var differences = image.Pixels.ToArray().Zip(expected.Pixels.ToArray(), (one, other) => Math.Abs(one - other)).ToArray();
        differences.Max().ShouldBeLessThanOrEqualTo(3);
        differences.Average().ShouldBeLessThan(0.1);
    }

    [Fact]
    public void Orientation_of_Exif_is_not_applied()
    {
        byte[] jpeg = Bytes("gray.jpg");
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*\0\0\0\u0008\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0\u0006\0\0\0\0\0\0"u8];
        var image = ImageReader.Default.Read((byte[])[.. jpeg[..2], .. exif, .. jpeg[2..]]);
        (image.Width, image.Height).ShouldBe((37, 29));
        image.Pixels.SequenceEqual(Read("gray.jpg").Pixels).ShouldBeTrue();
    }

    [Theory]
    [InlineData("color.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("restart-markers.jpg")]
    public void A_file_that_ends_early_is_refused(string file)
    {
        var jpeg = Bytes(file);
        for (var length = 3; length < jpeg.Length; length++)
        {
            Should.Throw<ImageFormatException>(() => ImageReader.Default.Read(jpeg.AsMemory(0, length), "i.jpg"), $"{length} bytes").Message.ShouldStartWith("i.jpg: the JPEG cannot be read: ");
        }
    }

    [Fact]
    public void More_pixels_than_the_file_accounts_for_are_refused_before_they_are_decoded()
    {
        var jpeg = Bytes("gray.jpg");
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        jpeg.AsSpan(frame + 5, 4).Fill(0xFF);
        Should.Throw<ImageFormatException>(() => ImageReader.Default.Read(jpeg)).Message.ShouldContain("65535 × 65535 pixels; expected at most 65,536 along an edge and, for a file of its size, 16,777,216 in all");
    }

    [Fact]
    public void What_is_not_supported_is_named()
    {
        Refused("gray.jpg", jpeg => jpeg[jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]) + 1] = 0xC9).ShouldContain("arithmetic coding");
        Refused("gray.jpg", jpeg => jpeg[jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]) + 4] = 12).ShouldContain("only 8 bits");
        Refused("cmyk.jpg", jpeg => jpeg[jpeg.AsSpan().IndexOf("Adobe"u8)] = (byte)'a').ShouldContain("no Adobe segment");
        Refused("gray.jpg", jpeg => jpeg[2] = 0xFE).ShouldContain("this is not a known image format, but only PNG and JPEG can be read");
    }

    [Fact]
    public void Missing_pixels_are_refused()
    {
        Refused("restart-markers.jpg", jpeg => jpeg[jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD1]) + 1] = 0xD9).ShouldContain("a scan lacks restart markers");
        Refused("color.jpg", jpeg => jpeg[jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]) + 2 + 3] = 9).ShouldContain("a scan has no component");
        Refused("progressive.jpg", jpeg => jpeg[jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]) + 2 + 11] = 0x10).ShouldContain("no scan has begun");
    }

    [Fact]
    public void Many_scans_are_refused()
    {
        var jpeg = Bytes("progressive.jpg");
        var scan = jpeg.AsSpan(jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA])).ToArray();
        byte[] scans = [.. Enumerable.Repeat(scan[..(scan.AsSpan(2).IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC4]) + 2)], 300).SelectMany(bytes => bytes)];
        Should.Throw<ImageFormatException>(() => ImageReader.Default.Read((byte[])[.. jpeg[..^2], .. scans, .. jpeg[^2..]])).Message.ShouldContain("more than 256 scans");
    }

    [Fact]
    public void Another_format_is_one_more_decoder()
    {
        var reader = new ImageReader([.. ImageReader.Default.Decoders, new PortablePixmap()]);
        reader.Read("P6 1 2 255 abcdef"u8.ToArray()).Pixels.SequenceEqual("abcdef"u8).ShouldBeTrue();
        reader.Read(Fixtures.Own("images/gray.png")).Width.ShouldBe(37);
    }

    private static RgbImage Read(string name) => ImageReader.Default.Read(Fixtures.Own("images/" + name));

    private static byte[] Bytes(string name) => File.ReadAllBytes(Fixtures.Own("images/" + name));

    private static string Refused(string name, Action<byte[]> change)
    {
        var jpeg = Bytes(name);
        change(jpeg);
        return Should.Throw<ImageFormatException>(() => ImageReader.Default.Read(jpeg)).Message;
    }

    private sealed class PortablePixmap : IImageDecoder
    {
        public string Format => "PPM";

        public bool Recognizes(ReadOnlySpan<byte> file) => file.StartsWith("P6"u8);

        public RgbImage Decode(ReadOnlyMemory<byte> file, string name) => new(1, 2, file[^6..].ToArray());
    }
}
