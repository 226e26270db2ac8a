namespace Semblance.Files.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_a_killed_writer_left_goes_with_the_next_writer_of_the_file()
    {
        var left = Of($"a.bin.{new string('0', 32)}.tmp");
        var other = Of($"b.bin.{new string('0', 32)}.tmp");
        string[] users = [Of("a.bin.tmp"), Of("a.bin.old.tmp"), Of($"a.bin.{new string('G', 32)}.tmp")];
        foreach (var path in (string[])[left, other, .. users])
        {
            File.WriteAllText(path, "x");
        }

        Write("a.bin", "new");
        Names().ShouldBe([.. new[] { Of("a.bin"), other, users[0], users[1], users[2] }.Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)]);
    }

    [Fact]
    public void Two_writers_of_one_file_leave_each_other_alone_and_the_last_wins()
    {
        using var first = new AtomicFile(Of("a.bin"));
        first.Stream.Write("first"u8);
        Write("a.bin", "second");
        File.ReadAllText(Of("a.bin")).ShouldBe("second");
        first.Commit();
        File.ReadAllText(Of("a.bin")).ShouldBe("first");
        Names().ShouldBe(["a.bin"]);
    }

    [Fact]
    public void Without_a_commit_the_old_file_stays_and_nothing_else()
    {
        Write("a.bin", "old");
        using (var file = new AtomicFile(Of("a.bin")))
        {
            file.Stream.Write("new"u8);
        }

        File.ReadAllText(Of("a.bin")).ShouldBe("old");
        Names().ShouldBe(["a.bin"]);
    }

    [Fact]
    public void A_committed_file_can_be_opened_at_once()
    {
        using var file = new AtomicFile(Of("a.bin"));
        file.Stream.Write("new"u8);
        file.Commit();
        using var opened = new FileStream(Of("a.bin"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        opened.Length.ShouldBe(3);
    }

    private string Of(string name) => Path.Combine(_folder.FullName, name);

    private string[] Names() => [.. Directory.GetFileSystemEntries(_folder.FullName).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private void Write(string name, string content)
    {
        using var file = new AtomicFile(Of(name));
        file.Stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
        file.Commit();
    }
}
