using System.Security.Cryptography;

namespace Semblance.Tests;

/// <summary>What happens to an index when processes end, disks fill and files change.</summary>
public class IndexFilesTests
{
    [Fact]
    public async Task A_log_cut_at_any_byte_leaves_what_was_acknowledged_by_then()
    {
        using var folder = new IndexFolder();
        var vectors = Vectors.Random(1, 12, 3);
        var records = IndexFolder.Records(vectors).ToList();
        var states = new List<(long Length, VectorId[] Ids)>();
        using (var index = await HnswIndex.BuildAsync(folder.Path, records.Take(4).ToAsyncEnumerable()))
        {
            await Acknowledged(Task.CompletedTask);
            await Acknowledged(index.AddAsync(records[4..7]));
            await Acknowledged(index.DeleteAsync([records[1].Id, records[5].Id]));
            await Acknowledged(index.UpsertAsync([records[0] with { Text = "new" }, records[8]]));
            await Acknowledged(index.DeleteAsync([records[8].Id]));

            async Task Acknowledged(Task change)
            {
                await change;
                states.Add((new FileInfo(folder.File(".log")).Length, Ids(index)));
            }
        }

        var log = folder.File(".log");
        var bytes = File.ReadAllBytes(log);
        for (var length = (int)states[0].Length; length <= bytes.Length; length++)
        {
            var expected = states.Last(state => state.Length <= length);
            foreach (var zeros in (int[])[0, 40])
            {
                // Cut, or with zeros where the disk was not reached.
                File.WriteAllBytes(log, [.. bytes[..length], .. new byte[length == expected.Length ? zeros : 0]]);
                HnswIndex.Verify(folder.Path).Problems.ShouldBeEmpty();
                using (var reader = HnswIndex.OpenReadOnly(folder.Path))
                {
                    Ids(reader).ShouldBe(expected.Ids);
                }

                using var writer = HnswIndex.Open(folder.Path);
                Ids(writer).ShouldBe(expected.Ids);
                await writer.UpsertAsync([records[11]]); // and it goes on from there
                Ids(writer).Length.ShouldBe(expected.Ids.Length + 1);
            }
        }
    }

    [Fact]
    public async Task No_flipped_bit_goes_unseen_or_crashes_a_search()
    {
        using var folder = new IndexFolder();
        var vectors = IndexFolder.Clustered(1, 300, 8);
        using (var index = await IndexFolder.BuildAsync(folder.Path, vectors, new HnswOptions { Precision = Precision.Int8, M = 4 }))
        {
            await index.UpsertAsync([.. IndexFolder.Records(Vectors.Random(2, 5, 8))]);
        }

        var random = new Random(1);
        foreach (var file in Directory.GetFiles(folder.Path).Where(file => Path.GetFileName(file) != "lock"))
        {
            var bytes = File.ReadAllBytes(file);
            for (var trial = 0; trial < 150; trial++)
            {
                var damaged = (byte[])bytes.Clone();
                damaged[trial < 50 ? trial * 4 % bytes.Length : random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(file, damaged);
                var found = HnswIndex.Verify(folder.Path);
                if (found.Problems.Count == 0)
                {
                    IsPadding(bytes, damaged, file).ShouldBeTrue($"{Path.GetFileName(file)} at {bytes.Zip(damaged).TakeWhile(pair => pair.First == pair.Second).Count()}");
                }
                else
                {
                    found.Problems.ShouldAllBe(problem => problem.StartsWith(file, StringComparison.Ordinal));
                }

                try
                {
                    using var index = HnswIndex.OpenReadOnly(folder.Path);
                    index.Search(vectors.Row(3), new VectorQuery { TopK = 3, Ef = 3 });
                    index.Search(vectors.Row(3), new VectorQuery { Filter = VectorFilter.Label("group", "3") });
                }
                catch (FormatException e)
                {
                    e.ShouldBeOfType<IndexFormatException>().Message.ShouldStartWith(folder.Path);
                }
            }

            File.WriteAllBytes(file, bytes);
        }

        HnswIndex.Verify(folder.Path).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_segment_cut_short_is_told_when_it_is_opened()
    {
        using var folder = new IndexFolder();
        (await IndexFolder.BuildAsync(folder.Path, Vectors.Random(1, 100, 8))).Dispose();
        var segment = folder.File(".segment");
        var bytes = File.ReadAllBytes(segment);
        foreach (var length in (int[])[0, 1, 4095, 4096, 5000, bytes.Length - 64])
        {
            File.WriteAllBytes(segment, bytes[..length]);
            Should.Throw<IndexFormatException>(() => HnswIndex.Open(folder.Path)).Message.ShouldStartWith(segment);
            HnswIndex.Verify(folder.Path).Problems.ShouldHaveSingleItem().ShouldStartWith(segment);
        }

        File.Delete(segment);
        Should.Throw<IndexFormatException>(() => HnswIndex.OpenReadOnly(folder.Path)).Message.ShouldContain("is missing");
        Should.Throw<DirectoryNotFoundException>(() => HnswIndex.Open(Path.Combine(folder.Path, "none"))).Message.ShouldContain("there is no such folder");
        using var empty = new IndexFolder();
        Should.Throw<DirectoryNotFoundException>(() => HnswIndex.Open(empty.Path)).Message.ShouldContain("there is no index here");
    }

    [Fact]
    public async Task A_full_disk_is_an_error_and_nothing_is_lost()
    {
        using var folder = new IndexFolder();
        var records = IndexFolder.Records(Vectors.Random(1, 60, 16)).ToList();
        (await HnswIndex.BuildAsync(folder.Path, records.Take(20).ToAsyncEnumerable())).Dispose();
        for (var room = 0; room < 6000; room += 97)
        {
            var disk = new SmallDisk(room);
            VectorId[] before;
            using (var index = HnswIndex.Open(folder.Path, disk.Open))
            {
                before = Ids(index);
                disk.IsFull = true;
                await Should.ThrowAsync<IOException>(async () =>
                {
                    for (var i = 20; i < 60; i++)
                    {
                        await index.UpsertAsync([records[i]]);
                        before = Ids(index);
                    }

                    await index.CompactAsync();
                    before.Length.ShouldBe(60);
                });
                Ids(index).ShouldBe(before);
                disk.IsFull = false;
                await index.UpsertAsync([records[20]]); // room again: it goes on
                await index.DeleteAsync([records[20].Id]);
                before = Ids(index);
            }

            HnswIndex.Verify(folder.Path).Problems.ShouldBeEmpty();
            using var again = HnswIndex.Open(folder.Path);
            Ids(again).ShouldBe(before);
        }
    }

    [Fact]
    public async Task A_second_writer_is_told_and_readers_are_not_in_the_way()
    {
        using var folder = new IndexFolder();
        using var index = await IndexFolder.BuildAsync(folder.Path, Vectors.Random(1, 50, 8));
        Should.Throw<IndexLockedException>(() => HnswIndex.Open(folder.Path)).Message.ShouldContain("open for writing already");
        using var reader = HnswIndex.OpenReadOnly(folder.Path);
        await Should.ThrowAsync<InvalidOperationException>(reader.DeleteAsync([1L]));
        await index.DeleteAsync([1L]);
        await index.CompactAsync();
        (index.Count, reader.Count).ShouldBe((49, 50));
        reader.Search(new float[8], new VectorQuery { TopK = 100 }).Count.ShouldBe(50);
        Should.Throw<IOException>(() => HnswIndex.Create(folder.Path, 8)).Message.ShouldContain("there is an index already");
        index.Dispose();
        Should.Throw<ObjectDisposedException>(() => index.Search(new float[8]));
        HnswIndex.Open(folder.Path).Dispose();
    }

    [Fact]
    public async Task What_keeps_an_index_from_being_written_is_told_by_the_systems_reason_and_reading_goes_on()
    {
        // A folder in a file's place is refused to every user, as a file is without its permission.
        using var folder = new IndexFolder();
        (await IndexFolder.BuildAsync(folder.Path, Vectors.Random(1, 50, 8))).Dispose();
        var path = Path.Combine(folder.Path, "lock");
        File.Delete(path);
        Directory.CreateDirectory(path);
        var denied = Should.Throw<UnauthorizedAccessException>(() => HnswIndex.Open(folder.Path));
        denied.Message.ShouldStartWith($"{folder.Path}: the index cannot be opened for writing (");
        denied.Message.ShouldContain("open it read-only");
        using (var reader = HnswIndex.OpenReadOnly(folder.Path))
        {
            reader.Search(new float[8]).Count.ShouldBe(10);
        }

        HnswIndex.Verify(folder.Path).Problems.ShouldBeEmpty();
        Directory.Delete(path);

        // Whatever the system says when a file is opened, as on a read-only disk or with too many files open.
        foreach (var failure in (Exception[])[new IOException("Read-only file system : 'x'", 30), new IOException("Too many open files : 'x'", 24), new UnauthorizedAccessException("Access to the path is denied.")])
        {
            var told = Should.Throw<Exception>(() => HnswIndex.Open(folder.Path, _ => throw failure));
            told.ShouldBeOfType(failure.GetType());
            told.Message.ShouldContain(failure.Message.TrimEnd('.'));
            HnswIndex.Open(folder.Path).Dispose(); // the lock was not kept
        }

        if (OperatingSystem.IsLinux())
        {
            foreach (var build in (Func<string, HnswIndex>[])[at => HnswIndex.Create(at, 8), HnswIndex.Open])
            {
                Should.Throw<Exception>(() => build("/proc/semblance-index")).ShouldSatisfyAllConditions(
                    e => (e is IOException or UnauthorizedAccessException).ShouldBeTrue(e.ToString()), e => e.ShouldNotBeOfType<IndexLockedException>());
            }
        }
    }

    [Fact]
    public async Task What_a_killed_writer_left_is_removed_by_the_next()
    {
        using var folder = new IndexFolder();
        (await IndexFolder.BuildAsync(folder.Path, Vectors.Random(1, 50, 8))).Dispose();
        string[] left = ["00000001.records", "00000002.records", "00000002.segment", "00000002.log"], kept = ["notes.txt", "mine.log"];
        foreach (var name in (string[])[.. left, .. kept])
        {
            File.WriteAllText(Path.Combine(folder.Path, name), "left over");
        }

        HnswIndex.OpenReadOnly(folder.Path).Dispose();
        left.ShouldAllBe(name => File.Exists(Path.Combine(folder.Path, name))); // a reader changes nothing
        HnswIndex.Open(folder.Path).Dispose();
        left.ShouldAllBe(name => !File.Exists(Path.Combine(folder.Path, name)));
        kept.ShouldAllBe(name => File.Exists(Path.Combine(folder.Path, name)));
    }

    [Fact]
    public async Task A_compaction_that_was_stopped_leaves_the_index_as_it_was()
    {
        using var folder = new IndexFolder();
        using var index = await IndexFolder.BuildAsync(folder.Path, Vectors.Random(1, 500, 8));
        await index.DeleteAsync([1L]);
        var before = Directory.GetFiles(folder.Path).ToDictionary(file => file, Digest);
        using var source = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(index.CompactAsync(1, new Recorder(source.Cancel), source.Token));
        Directory.GetFiles(folder.Path).ToDictionary(file => file, Digest).ShouldBe(before, ignoreOrder: true);
        index.Count.ShouldBe(499);

        static string Digest(string file) => Path.GetFileName(file) == "lock" ? "" : Convert.ToHexString(SHA256.HashData(Read(file)));

        static byte[] Read(string file)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
    }

    private static VectorId[] Ids(HnswIndex index) => [.. index.ReadAsync().ToBlockingEnumerable().Select(record => record.Id).OrderBy(id => id.ToString(), StringComparer.Ordinal)];

    // Between the sections of a segment, and behind its header's fields, nothing is stored; white space of the manifest says nothing.
    private static bool IsPadding(byte[] bytes, byte[] damaged, string file)
    {
        var place = bytes.Zip(damaged).TakeWhile(pair => pair.First == pair.Second).Count();
        return file.EndsWith(".segment", StringComparison.Ordinal) ? place >= 4096 && bytes[place] == 0 : file.EndsWith(".json", StringComparison.Ordinal) && place > bytes.Length - 4;
    }

    /// <summary>A disk with room for so many more bytes while it is full.</summary>
    private sealed class SmallDisk(int room)
    {
        private int _room = room;

        public bool IsFull { get; set; }

        public FileStream Open(string path) => new Limited(this, path);

        private sealed class Limited(SmallDisk disk, string path) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 0)
        {
            // Spans come here too, as streams that are derived have it.
            public override void Write(byte[] buffer, int offset, int count)
            {
                var written = disk.IsFull ? Math.Min(disk._room, count) : count;
                disk._room -= disk.IsFull ? written : 0;
                base.Write(buffer, offset, written);
                if (written < count)
                {
                    throw new IOException("No space left on device");
                }
            }
        }
    }
}
