using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Semblance.Checkpoints.Tests;

public class SafetensorsFileTests
{
    /// <summary>Gets invalid headers, with the number of data bytes after them.</summary>
    public static TheoryData<string, int> Attacks => new()
    {
        { "", 0 },
        { "null", 0 },
        { "[]", 0 },
        { " {}", 0 },
        { "{", 0 },
        { "{} x", 0 },
        { "{}", 4 },
        { """{"a":1}""", 0 },
        { """{"a":{}}""", 0 },
        { """{"a":{"dtype":"F32","shape":[1]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,5]}}""", 5 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.0]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""", 4 },
        { """{"a":{"dtype":"F64","shape":[2147483647,1073741824],"data_offsets":[0,4]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":[4294967297],"data_offsets":[0,4]}}""", 4 },
        { """{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}""", 4 },
        { """{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4 },
        { """{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8 },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12 },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8 },
        { """{"__metadata__":{"a":1}}""", 0 },
        { """{"__metadata__":{"a":"1","a":"2"}}""", 0 },
        { """{"__metadata__":{},"__metadata__":{}}""", 0 },
        { """{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4 },
        { """{"a":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}""", 0 },
    };

    [Fact]
    public void A_header_of_long_names_or_many_entries_or_dimensions_is_refused()
    {
        using var folder = new TemporaryFolder();
        Message($$$$"""{"{{{{new string('n', 2000)}}}}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""").ShouldContain("has 2,000 characters; expected at most 1,024");
        Message($$$$"""{"__metadata__":{"{{{{new string('n', 2000)}}}}":""}}""").ShouldContain("has 2,000 characters");
        Message($$$$"""{"a":{"dtype":"U8","shape":[{{{{string.Join(',', Enumerable.Repeat("0", 100_000))}}}}],"data_offsets":[0,0]}}""").ShouldContain("more than 32 dimensions");
        Message("{\"__metadata__\":{" + string.Join(',', Enumerable.Range(0, (1 << 20) + 1).Select(i => $"\"{i:x}\":\"\"")) + "}}").ShouldContain("more than 1,048,576 entries");

        string Message(string header)
        {
            var path = folder.Write("a.safetensors", Build(Encoding.UTF8.GetBytes(header), 0));
            return Should.Throw<CheckpointFormatException>(() => SafetensorsFile.Open(path)).Message;
        }
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void A_header_that_lies_is_refused(string header, int dataBytes)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.safetensors", Build(Encoding.UTF8.GetBytes(header), dataBytes));
        Should.Throw<CheckpointFormatException>(() => SafetensorsFile.Open(path)).Message.ShouldStartWith(path);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000_001)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void A_length_that_lies_is_refused_without_allocating_it(long length)
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        var path = folder.Write("a.safetensors", bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<CheckpointFormatException>(() => SafetensorsFile.Open(path));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.safetensors", Build([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}'], 0));
        Should.Throw<CheckpointFormatException>(() => SafetensorsFile.Open(path));
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(Fixtures.Own("models/bert/model.safetensors"));
        for (var length = 0; length < whole.Length; length += length < 32 ? 1 : 997)
        {
            var path = folder.Write("a.safetensors", whole[..length]);
            Should.Throw<CheckpointFormatException>(() => SafetensorsFile.Open(path));
        }
    }

    [Fact]
    public void A_mutated_file_is_read_or_refused_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.safetensors");
        var whole = Build(Encoding.UTF8.GetBytes(
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},"b":{"dtype":"I64","shape":[1],"data_offsets":[4,12]}}"""), 12);
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            Mutation.OpenAndReadAll(Mutation.Of(whole, seed), path, file => SafetensorsFile.Open(file));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Integers_of_every_width_are_read()
    {
        using var folder = new TemporaryFolder();
        foreach (var (type, bytes) in new (string, byte[])[]
        {
            ("BOOL", [1, 0]), ("U8", [1, 0]), ("I8", [1, 0]), ("U16", [1, 0, 0, 0]), ("I16", [1, 0, 0, 0]), ("U32", [1, 0, 0, 0, 0, 0, 0, 0]),
            ("I32", [1, 0, 0, 0, 0, 0, 0, 0]), ("U64", [1, .. new byte[15]]), ("I64", [1, .. new byte[15]]),
        })
        {
            var header = Encoding.UTF8.GetBytes($$$"""{"a":{"dtype":"{{{type}}}","shape":[2],"data_offsets":[0,{{{bytes.Length}}}]}}""");
            var file = SafetensorsFile.Open(folder.Write(type, [.. Build(header, 0), .. bytes]));
            file.ReadInt64("a").ShouldBe([1, 0]);
            var tensor = file.Read("a");
            tensor.Values.ToArray().ShouldBe([1, 0]);
            GC.KeepAlive(tensor);
        }
    }

    [Fact]
    public void A_misaligned_tensor_is_copied_and_right()
    {
        using var folder = new TemporaryFolder();
        byte[] data = [7, .. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2.5f)];
        var header = """{"x":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"y":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"""u8;
        for (var pad = 0; pad < 8; pad++)
        {
            var path = folder.Write($"{pad}.safetensors", [.. Build([.. header, .. Enumerable.Repeat((byte)' ', pad)], 0), .. data]);
            var tensor = SafetensorsFile.Open(path).Read("y");
            tensor.Values.ToArray().ShouldBe([1.5f, -2.5f]);
            GC.KeepAlive(tensor);
        }
    }

    [Fact]
    public void An_unsigned_integer_that_does_not_fit_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a", [.. Build("""{"a":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}}"""u8.ToArray(), 0), .. Enumerable.Repeat((byte)255, 8)]);
        Should.Throw<CheckpointFormatException>(() => SafetensorsFile.Open(path).ReadInt64("a"));
    }

    [Fact]
    public void Floats_are_not_read_as_integers() => Should.Throw<CheckpointFormatException>(
        () => SafetensorsFile.Open(Fixtures.Own("models/bert/model.safetensors")).ReadInt64("pooler.dense.bias"));

    [Fact]
    public void A_tensor_outlives_its_checkpoint_and_the_mapping_goes_with_the_last_tensor()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.safetensors", File.ReadAllBytes(Fixtures.Own("models/bert/model.safetensors")));
        var tensor = Open();
        Collect();
        tensor!.Values[0].ShouldBe(Checkpoint.Open(Fixtures.Own("models/bert")).Read("pooler.dense.weight").Values[0]);
        Mapped().ShouldBeTrue();
        GC.KeepAlive(tensor);
        tensor = null;
        Collect();
        Mapped().ShouldBe(!OperatingSystem.IsLinux());

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        Semblance.Tensors.Tensor? Open() => SafetensorsFile.Open(path).Read("pooler.dense.weight");

        bool Mapped() => !OperatingSystem.IsLinux() || File.ReadAllText("/proc/self/maps").Contains(path);

        static void Collect()
        {
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
    }

    internal static byte[] Build(byte[] header, int dataBytes)
    {
        var bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        return bytes;
    }
}
