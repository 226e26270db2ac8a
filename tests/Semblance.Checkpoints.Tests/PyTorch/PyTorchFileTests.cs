using System.IO.Compression;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;

namespace Semblance.Checkpoints.Tests;

public class PyTorchFileTests
{
    private static readonly float[] Six = [0, 1, 2, 3, 4, 5];

    /// <summary>Gets pickles that need something other than tensors, or far too much.</summary>
    private static (string Reason, byte[] Pickle)[] Attacks
    {
        get
        {
            var nested = new PickleBytes();
            for (var i = 0; i < 300_000; i++)
            {
                nested.Op(']');
            }

            for (var i = 1; i < 300_000; i++)
            {
                nested.Op('a');
            }

            var endless = new PickleBytes();
            for (var i = 0; i < 3_000_000; i++)
            {
                endless.Op('}');
            }

            // One list of pairs is converted to a dictionary many times.
            var copies = new PickleBytes().Op(']').Op('q', 0).Op('(');
            for (var i = 0; i < 10_000; i++)
            {
                copies.Number(i).Op('N').Op(0x86);
            }

            copies.Op('e');
            for (var i = 0; i < 10_000; i++)
            {
                copies.Global("collections", "OrderedDict").Op('h', 0).Op(0x85).Op('R');
            }

            return
            [
                ("posix.system", new PickleBytes().Global("posix", "system").Text("echo hacked").Op(0x85).Op('R').ToArray()),
                ("os.system", new PickleBytes().Text("os").Text("system").Op(0x93).Text("echo hacked").Op(0x85).Op('R').ToArray()),
                ("builtins.eval", new PickleBytes().Global("builtins", "eval").ToArray()),
                ("torch.load", new PickleBytes().Global("torch", "load").ToArray()),
                ("torch.FloatStorage.x", new PickleBytes().Global("torch", "FloatStorage.x").ToArray()),
                ("torch.storage._load_from_bytes", new PickleBytes().Global("torch.storage", "_load_from_bytes").ToArray()),
                ("refers to", new PickleBytes().Number(1).Number(2).Op(0x93).ToArray()),
                ("opcode 0x69", new PickleBytes().Op([(byte)'(', (byte)'i', .. "os\nsystem\n"u8]).ToArray()),
                ("opcode 0x81", new PickleBytes().Global("collections", "OrderedDict").Op(')').Op(0x81).ToArray()),
                ("opcode 0x6f", new PickleBytes().Op('(').Global("collections", "OrderedDict").Op('o').ToArray()),
                ("opcode 0x50", new PickleBytes().Op([(byte)'P', .. "x\n"u8]).ToArray()),
                ("calls", new PickleBytes().Global("torch", "float32").Op(')').Op('R').ToArray()),
                ("calls", new PickleBytes().Text("x").Op(')').Op('R').ToArray()),
                ("calls", new PickleBytes().Global("torch._utils", "_rebuild_tensor_v2").Op(')').Op('R').ToArray()),
                ("storage", new PickleBytes().Numbers(1, 2, 3).Op('Q').ToArray()),
                ("storage", new PickleBytes().Op('N').Op('Q').ToArray()),
                ("memoizes", new PickleBytes().Op(']').Op((byte)'r', 255, 255, 255, 127).ToArray()),
                ("recalls", new PickleBytes().Op((byte)'j', 255, 255, 255, 255).ToArray()),
                ("protocol", new PickleBytes().Op(0x80, 9).ToArray()),
                ("stack", new PickleBytes().ToArray()),
                ("stack", new PickleBytes().Op(']').Op('(').Op('a').ToArray()),
                ("mark", new PickleBytes().Op('t').ToArray()),
                ("neither a list", new PickleBytes().Op('N').Op('N').Op('a').ToArray()),
                ("key", new PickleBytes().Op('}').Op('}').Op('N').Op('s').ToArray()),
                ("key but no value", new PickleBytes().Op('}').Op('(').Op('N').Op('u').ToArray()),
                ("UTF-8", new PickleBytes().Op(0x8c, 1, 0xff).ToArray()),
                ("truncated", new PickleBytes().Op((byte)'X', 255, 255, 0, 0).ToArray()),
                ("bytes", new PickleBytes().Op((byte)'X', 255, 255, 255, 255).ToArray()),
                ("without an end", new PickleBytes().Op((byte)'c', (byte)'a').ToArray()),
                ("not a dictionary of tensors", nested.ToArray()),
                ("steps", endless.ToArray()),
                ("steps", copies.ToArray()),
                ("calls", new PickleBytes().Global("torch", "Size").Op(']').Op(0x85).Op('R').ToArray()),
                ("not a dictionary of tensors", new PickleBytes().Op('N').ToArray()),
                ("not a dictionary of tensors", new PickleBytes().Op('}').Op('q', 0).Text("state_dict").Op('h', 0).Op('s').ToArray()),
            ];
        }
    }

    [Fact]
    public void A_hostile_pickle_is_refused()
    {
        using var folder = new TemporaryFolder();
        foreach (var (reason, pickle) in Attacks)
        {
            var path = folder.Write("pytorch_model.bin", PickleBytes.Archive(pickle));
            var error = Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path));
            error.Message.ShouldContain(reason);
            error.Message.ShouldStartWith(path);
        }
    }

    [Fact]
    public void A_memo_of_references_costs_no_memory()
    {
        // Each list holds the previous one twice: 2^60 leaves if they were walked.
        var pickle = new PickleBytes().Op(']').Op('q', 0);
        for (byte i = 0; i < 60; i++)
        {
            pickle.Op(']').Op('(').Op('h', i).Op('h', i).Op('e').Op('q', (byte)(i + 1));
        }

        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", PickleBytes.Archive(pickle.ToArray()));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void Tied_weights_load(int names)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", PickleBytes.Archive(Shared(names, 1 << 16), new byte[1 << 18]));
        Checkpoint.Open(folder.Path).Tensors.Sum(tensor => tensor.ByteCount).ShouldBe((long)names << 18);
    }

    [Fact]
    public void Names_that_share_a_storage_without_end_are_refused_before_a_tensor_is_made()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("pytorch_model.bin", PickleBytes.Archive(Shared(1000, 1 << 18), new byte[1 << 20]));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path)).Message.ShouldBe(
            $"{path}: its tensors share storages and would take more than 16 times the {new FileInfo(path).Length:N0} bytes of the file; save them as safetensors.");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16 << 20);
    }

    [Theory]
    [InlineData('s')]
    [InlineData('Q')]
    [InlineData('\u0093')]
    public void A_long_text_that_is_recalled_again_and_again_is_refused_at_once(char opcode)
    {
        // Hashed a hundred thousand times, this would take hours.
        var pickle = new PickleBytes().Text(new string('k', 8 << 20)).Op('q', 0).Op('0').Global("torch", "FloatStorage").Op('q', 1).Op('0').Op('}');
        for (var i = 0; i < 100_000; i++)
        {
            _ = opcode switch
            {
                's' => pickle.Op('h', 0).Op('N').Op('s'),
                'Q' => pickle.Op('(').Text("storage").Op('h', 1).Op('h', 0).Text("cpu").Number(1).Op('t').Op('Q').Op('0'),
                _ => pickle.Op('h', 0).Op('h', 0).Op(0x93).Op('0'),
            };
        }

        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", PickleBytes.Archive(pickle.ToArray()));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path)).Message.Length.ShouldBeLessThan(400);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 << 20);
    }

    [Fact]
    public void A_compressed_archive_is_refused_unread()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", PickleBytes.Archive(PickleBytes.OneTensor(1 << 24, 0, [1 << 24], [1]), new byte[1 << 26], CompressionLevel.Optimal));
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path)).Message.ShouldContain("compressed");
    }

    [Theory]
    [InlineData(6, 0, new long[] { 7 }, new long[] { 1 })]
    [InlineData(6, 1, new long[] { 6 }, new long[] { 1 })]
    [InlineData(6, 7, new long[] { 0 }, new long[] { 1 })]
    [InlineData(6, -1, new long[] { 1 }, new long[] { 1 })]
    [InlineData(6, 0, new long[] { -1 }, new long[] { 1 })]
    [InlineData(6, 0, new long[] { 2 }, new long[] { -1 })]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 4, 1 })]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 1 })]
    [InlineData(6, 0, new long[] { 1 << 30 }, new long[] { 0 })]
    [InlineData(6, 0, new long[] { int.MaxValue, int.MaxValue, int.MaxValue }, new long[] { 0, 0, 0 })]
    [InlineData(6, 0, new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue })]
    [InlineData(6, long.MaxValue, new long[] { 1 }, new long[] { 1 })]
    [InlineData(7, 0, new long[] { 7 }, new long[] { 1 })]
    [InlineData(long.MaxValue, 0, new long[] { 7 }, new long[] { 1 })]
    public void A_tensor_outside_its_storage_is_refused(long count, long offset, long[] size, long[] stride)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", PickleBytes.Archive(PickleBytes.OneTensor(count, offset, size, stride), Bytes(Six)));
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path)).Message.ShouldContain("'a'");
    }

    [Theory]
    [InlineData(0, new long[] { 2, 3 }, new long[] { 3, 1 }, new float[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(0, new long[] { 3, 2 }, new long[] { 1, 3 }, new float[] { 0, 3, 1, 4, 2, 5 })]
    [InlineData(1, new long[] { 2, 2 }, new long[] { 3, 1 }, new float[] { 1, 2, 4, 5 })]
    [InlineData(0, new long[] { 2, 1, 2 }, new long[] { 3, 99, 2 }, new float[] { 0, 2, 3, 5 })]
    [InlineData(5, new long[] { }, new long[] { }, new float[] { 5 })]
    [InlineData(6, new long[] { 0, 3 }, new long[] { 3, 1 }, new float[] { })]
    [InlineData(2, new long[] { 3 }, new long[] { 0 }, new float[] { 2, 2, 2 })]
    public void Views_of_a_storage_are_gathered(long offset, long[] size, long[] stride, float[] expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", PickleBytes.Archive(PickleBytes.OneTensor(6, offset, size, stride), Bytes(Six)));
        var tensor = Checkpoint.Open(folder.Path).Read("a");
        tensor.Shape.ToArray().ShouldBe(Array.ConvertAll(size, length => (int)length));
        tensor.Values.ToArray().ShouldBe(expected);
        GC.KeepAlive(tensor);
    }

    [Theory]
    [InlineData("HalfStorage", new byte[] { 0, 0x3c, 0, 0xc0 })]
    [InlineData("BFloat16Storage", new byte[] { 0x80, 0x3f, 0, 0xc0 })]
    [InlineData("DoubleStorage", new byte[] { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0 })]
    [InlineData("LongStorage", new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255, 255 })]
    [InlineData("IntStorage", new byte[] { 1, 0, 0, 0, 254, 255, 255, 255 })]
    [InlineData("ShortStorage", new byte[] { 1, 0, 254, 255 })]
    [InlineData("CharStorage", new byte[] { 1, 254 })]
    public void Every_type_of_storage_is_read(string type, byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", PickleBytes.Archive(PickleBytes.OneTensor(2, 0, [2], [1], type), bytes));
        Checkpoint.Open(folder.Path).Read("a").Values.ToArray().ShouldBe([1, -2]);
    }

    [Fact]
    public void Wrapped_dictionaries_and_parameters_are_found()
    {
        var pickle = new PickleBytes()
            .Op('}').Text("epoch").Number(3).Op('s')
            .Text("state_dict")
            .Op('}').Text("a").Global("torch._utils", "_rebuild_parameter").Op('(').Tensor("0", 6, 0, [6], [1]).Op(0x88).Op('N').Op('t').Op('R').Op('s')
            .Op('}').Text("_metadata").Op('}').Op('s').Op('b')
            .Op('s')
            .Text("optimizer").Op('}').Number(0).Op('}').Op('s').Op('s')
            .ToArray();
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", PickleBytes.Archive(pickle, Bytes(Six)));
        Checkpoint.Open(folder.Path).Read("a").Values.ToArray().ShouldBe(Six);
    }

    [Fact]
    public void An_archive_with_64_bit_sizes_is_read()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", PickleBytes.LargeArchive(PickleBytes.OneTensor(6, 0, [6], [1]), Bytes(Six)));
        Checkpoint.Open(folder.Path).Read("a").Values.ToArray().ShouldBe(Six);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(long.MaxValue - 1000)]
    [InlineData(long.MinValue)]
    public void An_archive_whose_offsets_lie_is_refused(long offsetBy)
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", PickleBytes.LargeArchive(PickleBytes.OneTensor(6, 0, [6], [1]), Bytes(Six), offsetBy));
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path));
    }

    [Fact]
    public void Big_endian_tensors_are_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", PickleBytes.Archive(PickleBytes.OneTensor(6, 0, [6], [1]), Bytes(Six), byteOrder: "big"));
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path)).Message.ShouldContain("little-endian");
    }

    [Theory]
    [InlineData("bert-pytorch-zip")]
    [InlineData("bert-pytorch-legacy")]
    public void A_file_cut_anywhere_is_refused(string model)
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(Fixtures.Own($"models/{model}/pytorch_model.bin"));
        for (var length = 0; length < whole.Length; length += length < 64 ? 1 : 1999)
        {
            folder.Write("pytorch_model.bin", whole[..length]);
            Should.Throw<CheckpointFormatException>(() => Checkpoint.Open(folder.Path));
        }
    }

    [Theory]
    [InlineData("bert-pytorch-zip", 8000)]
    [InlineData("bert-pytorch-legacy", 6000)]
    public void A_mutated_file_is_read_or_refused_and_nothing_else(string model, int interesting)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("pytorch_model.bin");
        var whole = File.ReadAllBytes(Fixtures.Own($"models/{model}/pytorch_model.bin"));
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            // Damage the description, at the beginning and (a zip's directory) at the end, more than the numbers between.
            byte[] mutated = (seed % 2) == 0
                ? [.. Mutation.Of(whole[..interesting], seed), .. whole[interesting..]]
                : [.. whole[..^interesting], .. Mutation.Of(whole[^interesting..], seed)];
            Mutation.OpenAndReadAll(mutated, path, Checkpoint.OpenFile);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void A_small_mutated_archive_is_read_or_refused_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var whole = PickleBytes.Archive(PickleBytes.OneTensor(6, 0, [3, 2], [1, 3]), Bytes(Six));
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
            Mutation.OpenAndReadAll(Mutation.Of(whole, seed), folder.File("a.bin"), Checkpoint.OpenFile))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
    }

    // Many names of one tensor.
    private static byte[] Shared(int names, int count)
    {
        var pickle = new PickleBytes().Tensor("0", count, 0, [count], [1]).Op('q', 0).Op('0').Op('}');
        for (var i = 0; i < names; i++)
        {
            pickle.Text($"layer.{i}").Op('h', 0).Op('s');
        }

        return pickle.ToArray();
    }

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();
}
