using System.IO.MemoryMappedFiles;

namespace Semblance.Files.Tests;

public sealed class AtomicFolderTests : IDisposable
{
    private static readonly Dictionary<string, string> Old = new()
    {
        ["config.json"] = "old",
        ["vocab.txt"] = "old words",
        ["weights.bin"] = "old weights",
        ["1_Pooling/config.json"] = "old",
        ["2_Dense/weights.bin"] = "old",
    };

    private static readonly Dictionary<string, string> New = new()
    {
        ["config.json"] = "new",
        ["tokenizer.json"] = "new words",
        ["weights.bin"] = "new weights",
        ["1_Pooling/config.json"] = "new",
        ["1_Pooling/weights.bin"] = "new",
    };

    private static readonly Dictionary<string, string> Users = new() { ["README.md"] = "mine", ["1_Pooling.md"] = "mine" };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    private string Target => Path.Combine(_folder.FullName, "model");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("runs/log.txt")] // a folder of the user's: the files are moved one by one
    [InlineData("1_Pooling/notes.txt")]
    public void A_crash_at_any_step_leaves_the_old_files_or_the_new_ones(string folder)
    {
        var users = folder.Length == 0 ? Users : new Dictionary<string, string>(Users) { [folder] = "mine" };
        var (before, after) = (Ordered(Old.Concat(users)), Ordered(New.Concat(users)));
        var seen = new HashSet<bool>();
        for (var step = 0; ; step++)
        {
            Directory.CreateDirectory(Target);
            Write(Target, before);
            var crashed = !Replace(step);
            AtomicFolder.Recover(Target); // as every loader does
            var found = Read();
            seen.Add(found.SequenceEqual(after));
            (found.SequenceEqual(before) || found.SequenceEqual(after)).ShouldBeTrue($"step {step}: {string.Join(", ", found)}");
            Replace(int.MaxValue).ShouldBeTrue();
            Read().ShouldBe(after);
            Directory.GetFileSystemEntries(_folder.FullName).ShouldBe([Target], $"step {step}");
            if (!crashed)
            {
                break;
            }

            Directory.Delete(Target, recursive: true);
        }

        seen.Count.ShouldBe(2, "some crashes leave the old files, some the new");
    }

    [Fact]
    public void Where_no_other_folders_are_a_crash_needs_no_recovery()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // it exchanges no folders
        }

        for (var (step, crashed) = (0, true); crashed; step++)
        {
            Directory.CreateDirectory(Target);
            Write(Target, Ordered(Old.Concat(Users)));
            crashed = !Replace(step);
            var found = Read();
            (found.SequenceEqual(Ordered(Old.Concat(Users))) || found.SequenceEqual(Ordered(New.Concat(Users)))).ShouldBeTrue($"step {step}: {string.Join(", ", found)}");
            Directory.Delete(Target, recursive: true);
        }
    }

    [Fact]
    public void A_crash_while_the_files_are_written_leaves_the_old_ones_and_the_next_writer_cleans()
    {
        Directory.CreateDirectory(Target);
        Write(Target, Old);
        var folder = new AtomicFolder(Target, Belongs);
        File.WriteAllText(Path.Combine(folder.Path, "config.json"), "new");
        folder.Abandon();
        Read().ShouldBe(Ordered(Old));
        Directory.GetFileSystemEntries(_folder.FullName).Length.ShouldBe(3, "the folder, a temporary one and its lock");
        Replace(int.MaxValue);
        Directory.GetFileSystemEntries(_folder.FullName).ShouldBe([Target]);
    }

    [Fact]
    public void A_writer_that_lives_is_left_alone_and_the_last_wins()
    {
        using var first = new AtomicFolder(Target, Belongs);
        Write(first.Path, Old);
        Replace(int.MaxValue).ShouldBeTrue();
        Read().ShouldBe(Ordered(New));
        first.Commit();
        Read().ShouldBe(Ordered(Old));
        Directory.GetFileSystemEntries(_folder.FullName).ShouldBe([Target]);
    }

    [Fact]
    public void Without_a_commit_nothing_changes()
    {
        using (var folder = new AtomicFolder(Target, Belongs))
        {
            Write(folder.Path, New);
        }

        _folder.EnumerateFileSystemInfos().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_files_and_maps_of_the_old_set_stay_valid(bool hasFolders)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // an open file there keeps its folder
        }

        Directory.CreateDirectory(Target);
        Write(Target, hasFolders ? Ordered(Old.Append(KeyValuePair.Create("runs/a", "mine"))) : Old);
        using var log = new FileStream(Path.Combine(Target, "log.txt"), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        log.Write("one "u8);
        using var map = MemoryMappedFile.CreateFromFile(Path.Combine(Target, "weights.bin"), FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = map.CreateViewAccessor(0, 3, MemoryMappedFileAccess.Read);
        Replace(int.MaxValue).ShouldBeTrue();
        log.Write("two"u8);
        File.ReadAllText(Path.Combine(Target, "log.txt")).ShouldBe("one two");
        view.ReadByte(0).ShouldBe((byte)'o');
    }

    [Fact]
    public void A_symbolic_link_is_followed_and_stays()
    {
        var real = Path.Combine(_folder.FullName, "disk", "real");
        Directory.CreateDirectory(real);
        Write(real, Old);
        Directory.CreateSymbolicLink(Target, real);
        File.CreateSymbolicLink(Path.Combine(real, "mine"), "README.md"); // a user's, to nothing
        Replace(int.MaxValue).ShouldBeTrue();
        new DirectoryInfo(Target).LinkTarget.ShouldBe(real);
        File.ReadAllText(Path.Combine(real, "config.json")).ShouldBe("new");
        new FileInfo(Path.Combine(real, "mine")).LinkTarget.ShouldBe("README.md");
        Directory.GetFileSystemEntries(Path.GetDirectoryName(real)!).ShouldBe([real]);
    }

    [Fact]
    public void A_file_at_the_folders_place_is_refused()
    {
        File.WriteAllText(Target, "mine");
        Should.Throw<IOException>(() => new AtomicFolder(Target, Belongs)).Message.ShouldContain("this is a file");
        File.ReadAllText(Target).ShouldBe("mine");
    }

    [Theory]
    [InlineData("config.json/mine", "this is a folder")]
    [InlineData("1_Pooling", "this is a file")]
    public void A_name_that_the_user_gave_to_something_else_is_refused_and_nothing_changes(string users, string expected)
    {
        var before = Ordered(Users.Append(KeyValuePair.Create(users, "mine")));
        Directory.CreateDirectory(Target);
        Write(Target, before);
        Should.Throw<IOException>(() => Replace(int.MaxValue)).Message.ShouldContain(expected);
        Read().ShouldBe(before);
        Directory.GetFileSystemEntries(_folder.FullName).ShouldBe([Target]);
    }

    [Fact]
    public void What_is_written_within_another_save_takes_its_place_with_it()
    {
        AtomicFolder.Write(Target, Belongs, outer =>
        {
            AtomicFolder.Write(outer, Belongs, inner => File.WriteAllText(Path.Combine(inner, "config.json"), "inner"));
            AtomicFolder.Write(Path.Combine(outer, "1_Pooling"), Belongs, inner => File.WriteAllText(Path.Combine(inner, "config.json"), "inner"));
            Directory.Exists(Target).ShouldBeFalse();
            File.ReadAllText(Path.Combine(outer, "config.json")).ShouldBe("inner");
        });
        Read().Select(file => file.Key).ShouldBe(["1_Pooling/config.json", "config.json"]);
    }

    [Fact]
    public void Temporary_files_of_killed_writers_in_the_folder_go_with_it()
    {
        Directory.CreateDirectory(Target);
        Write(Target, Old);
        var id = new string('a', 32);
        Write(Target, [KeyValuePair.Create($"weights.bin.{id}.tmp", "left"), KeyValuePair.Create($"1_Pooling/config.json.{id}.tmp", "left"), KeyValuePair.Create($"notes.{id}.tmp", "mine")]);
        Replace(int.MaxValue).ShouldBeTrue();
        Read().ShouldBe(Ordered(New.Append(KeyValuePair.Create($"notes.{id}.tmp", "mine"))));
    }

    [Fact]
    public void The_folder_of_this_process_stays_the_same_folder()
    {
        var here = Environment.CurrentDirectory;
        Directory.CreateDirectory(Target);
        Write(Target, Old);
        try
        {
            Environment.CurrentDirectory = Target;
            AtomicFolder.Write(".", Belongs, folder => Write(folder, New));
            File.ReadAllText("config.json").ShouldBe("new");
        }
        finally
        {
            Environment.CurrentDirectory = here;
        }

        Read().ShouldBe(Ordered(New));
    }

    private static bool Belongs(string path) => path.Split('/') is [.. { Length: <= 1 } folder, var name]
        && folder.All(part => part is "1_Pooling" or "2_Dense") && name is "" or "config.json" or "vocab.txt" or "tokenizer.json" or "weights.bin";

    // Returns whether the commit completed; otherwise, it stopped before its operation with that number.
    private bool Replace(int crashAt)
    {
        var step = 0;
        var folder = new AtomicFolder(Target, Belongs) { Before = what => _ = step++ == crashAt ? throw new CrashException(what) : 0 };
        Write(folder.Path, New);
        try
        {
            folder.Commit();
            return true;
        }
        catch (CrashException)
        {
            folder.Abandon();
            return false;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static void Write(string folder, IEnumerable<KeyValuePair<string, string>> files)
    {
        foreach (var (name, content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.WriteAllText(Path.Combine(folder, name), content);
        }
    }

    private KeyValuePair<string, string>[] Read() =>
        Ordered(Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories).Select(file => KeyValuePair.Create(Path.GetRelativePath(Target, file).Replace('\\', '/'), File.ReadAllText(file))));

    private static KeyValuePair<string, string>[] Ordered(IEnumerable<KeyValuePair<string, string>> files) => [.. files.OrderBy(file => file.Key, StringComparer.Ordinal)];

    private sealed class CrashException(string what) : Exception(what);
}
