using System.Globalization;

namespace Semblance.Checkpoints.Tests;

public class TrimmedTensorTests
{
    private const int Rows = 4096;
    private const int Columns = 256;

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.BF16)]
    [InlineData(DType.I8)]
    public void A_trimmed_tensor_leaves_no_pages_of_its_file_in_memory_and_is_read_again_with_the_same_values(DType type)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        Write(path, type);
        var tensor = SafetensorsFile.Open(path).Read("weight");
        var values = new float[tensor.Length];
        tensor.CopyTo(0, values);
        var read = ResidentPages(path);
        tensor.Trim();
        if (OperatingSystem.IsLinux())
        {
            var size = new FileInfo(path).Length;
            read.ShouldBeGreaterThan(size * 9 / 10);
            ResidentPages(path).ShouldBeLessThan(size / 10);
        }

        var again = new float[tensor.Length];
        tensor.CopyTo(0, again);
        again.ShouldBe(values);
        GC.KeepAlive(tensor);
    }

    private static void Write(string path, DType type)
    {
        var random = new Random(1);
        var values = new float[Rows * Columns];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle() - 0.5f;
        }

        var weight = Tensors.Tensor.From(values, Rows, Columns);
        var writer = new SafetensorsWriter();
        if (type == DType.I8)
        {
            writer.Add("weight", Int8Weights.Quantize(weight));
        }
        else
        {
            writer.Add("weight", weight, type);
        }

        writer.Save(path);
    }

    // The bytes of a mapped file that are in the memory of this process.
    private static long ResidentPages(string path)
    {
        var bytes = 0L;
        var isFile = false;
        foreach (var line in OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/smaps") : [])
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            isFile = words[0].EndsWith(':') ? isFile : line.EndsWith(path, StringComparison.Ordinal);
            bytes += isFile && words[0] == "Rss:" ? 1024 * long.Parse(words[1], CultureInfo.InvariantCulture) : 0;
        }

        return bytes;
    }
}
