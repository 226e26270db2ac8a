using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Semblance.Checkpoints.Tests;

public class NpyFileTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.npy");
        Prop.ForAll(ArbMap.Default.GeneratorFor<float[]>().ToArbitrary(), values =>
        {
            using (var writer = new NpyWriter(path, columns: 1))
            {
                writer.Write(values);
                writer.Complete();
            }

            var file = NpyFile.Open(path);
            (file.Rows, file.Columns, file.DType).ShouldBe((values.Length, 1, DType.F32));
            file.Read().Values.ToArray().ShouldBe(values);
            GC.KeepAlive(file);
        }).Check(Config.QuickThrowOnFailure);
    }

    [Theory]
    [InlineData("(2147483647, 0)")]
    [InlineData("(0, 2147483647)")]
    [InlineData("(0, 0)")]
    public void A_header_that_promises_rows_or_columns_without_elements_is_refused(string shape)
    {
        using var folder = new TemporaryFolder();
        var header = Encoding.ASCII.GetBytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n");
        var path = folder.Write("a.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header]);
        Should.Throw<CheckpointFormatException>(() => NpyFile.Open(path)).Message.ShouldContain("expected rows of 1 to 16,777,216 elements");
        Should.Throw<CheckpointFormatException>(() => MappedMatrix.Open(path));
    }

    [Fact]
    public void Bytes_are_written_and_read_signed_and_unsigned()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new NpyWriter(folder.File("s.npy"), 2, DType.I8))
        {
            writer.Write(new sbyte[] { -128, 127, 3, 4 });
            writer.Complete();
        }

        using (var writer = new NpyWriter(folder.File("u.npy"), 2, DType.U8))
        {
            writer.Write(new byte[] { 255, 0 });
            writer.Complete();
        }

        NpyFile.Open(folder.File("s.npy")).ReadInt8().ShouldBe(new sbyte[] { -128, 127, 3, 4 });
        NpyFile.Open(folder.File("u.npy")).ReadUInt8().ShouldBe(new byte[] { 255, 0 });
        Should.Throw<CheckpointFormatException>(() => NpyFile.Open(folder.File("u.npy")).ReadInt8());
    }

    [Fact]
    public void The_header_is_the_one_of_numpy()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new NpyWriter(folder.File("a.npy"), 2))
        {
            writer.Write([1f, 2f]);
            writer.Complete();
        }

        var bytes = File.ReadAllBytes(folder.File("a.npy"));
        bytes.Length.ShouldBe(128 + 8);
        bytes[..10].ShouldBe([0x93, .. "NUMPY"u8, 1, 0, 118, 0]);
        Encoding.ASCII.GetString(bytes, 10, 118).TrimEnd(' ', '\n').ShouldBe("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }");
        bytes[127].ShouldBe((byte)'\n');
    }

    [Fact]
    public void Half_precision_is_widened_in_any_version_and_order_of_keys()
    {
        using var folder = new TemporaryFolder();
        var header = Encoding.ASCII.GetBytes("{'shape': (1, 2), 'fortran_order': False, 'descr': '<f2'}\n");
        var path = folder.Write("a.npy", [0x93, .. "NUMPY"u8, 2, 0, (byte)header.Length, 0, 0, 0, .. header, 0, 0x3c, 0, 0xc0]);
        NpyFile.Open(path).Read().Values.ToArray().ShouldBe([1, -2]);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1, 1), }")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -1), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 1), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }")]
    [InlineData("{'fortran_order': False, 'shape': (1, 1), }")]
    [InlineData("")]
    public void A_header_that_lies_is_refused(string header)
    {
        using var folder = new TemporaryFolder();
        var bytes = Encoding.ASCII.GetBytes(header);
        var path = folder.Write("a.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)bytes.Length, 0, .. bytes, 1, 2, 3, 4]);
        Should.Throw<CheckpointFormatException>(() => NpyFile.Open(path)).Message.ShouldStartWith(path);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }", "Fortran order; save numpy.ascontiguousarray(array)")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1, 1), }", "big-endian ('>f4'); save array.astype('<f4')")]
    [InlineData("{'descr': '>f8', 'fortran_order': False, 'shape': (1, 1), }", "big-endian ('>f8'); save array.astype('<f8')")]
    [InlineData("{'descr': '<i8', 'fortran_order': False, 'shape': (1, 1), }", "holds '<i8'")]
    [InlineData("{'descr': '|b1', 'fortran_order': False, 'shape': (1, 1), }", "holds '|b1'")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1), }", "holds '|O'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "shape (1,); expected a matrix, one vector per row: save array.reshape(1, -1)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "shape ()")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1), }", "shape (1, 1, 1)")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 1), }", "'descr' with one type")]
    public void What_is_not_read_says_what_to_save_instead(string header, string problem)
    {
        using var folder = new TemporaryFolder();
        var bytes = Encoding.ASCII.GetBytes(header);
        var path = folder.Write("a.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)bytes.Length, 0, .. bytes, 1, 2, 3, 4]);
        Should.Throw<CheckpointFormatException>(() => NpyFile.Open(path)).Message.ShouldContain(problem, Case.Sensitive);
    }

    [Fact]
    public void Double_precision_is_narrowed()
    {
        using var folder = new TemporaryFolder();
        var header = Encoding.ASCII.GetBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }".PadRight(117) + "\n");
        var path = folder.Write("a.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. BitConverter.GetBytes(0.1), .. BitConverter.GetBytes(-2.0)]);
        NpyFile.Open(path).DType.ShouldBe(DType.F64);
        NpyFile.Open(path).Read().Values.ToArray().ShouldBe([0.1f, -2]);
        MappedMatrix.Open(path).Read().Values.ToArray().ShouldBe([0.1f, -2]);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new NpyWriter(folder.File("a.npy"), 2))
        {
            writer.Write([1f, 2f]);
            writer.Complete();
        }

        var whole = File.ReadAllBytes(folder.File("a.npy"));
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.Write("cut.npy", whole[..length]);
            Should.Throw<CheckpointFormatException>(() => NpyFile.Open(path));
        }
    }

    [Fact]
    public void A_mutated_file_is_read_or_refused_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        using (var writer = new NpyWriter(folder.File("a.npy"), 2))
        {
            writer.Write([1f, 2f, 3f, 4f]);
            writer.Complete();
        }

        var whole = File.ReadAllBytes(folder.File("a.npy"));
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var path = folder.Write("mutated.npy", Mutation.Of(whole, seed));
            try
            {
                NpyFile.Open(path).Read();
            }
            catch (CheckpointFormatException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Without_completion_the_old_file_stays()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.npy", [1, 2, 3]);
        using (var writer = new NpyWriter(path, 1))
        {
            writer.Write([1f]);
        }

        File.ReadAllBytes(path).ShouldBe([1, 2, 3]);
        Directory.GetFiles(folder.Path).ShouldHaveSingleItem();
    }

    [Fact]
    public void Broken_rows_and_other_types_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var writer = new NpyWriter(folder.File("a.npy"), 2);
        Should.Throw<ArgumentException>(() => writer.Write([1f, 2f, 3f]));
        Should.Throw<InvalidOperationException>(() => writer.Write(new byte[] { 1, 2 }));
    }
}
