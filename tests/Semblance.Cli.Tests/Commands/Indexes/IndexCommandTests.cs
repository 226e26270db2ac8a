using System.Text.Json;
using Semblance.Checkpoints;

namespace Semblance.Cli.Tests.Commands;

public class IndexCommandTests
{
    private static readonly RecordedModel Model = new("mean-normalize");

    [Fact]
    public async Task Texts_are_indexed_added_found_deleted_and_compacted()
    {
        using var folder = new TemporaryFolder();
        var index = folder.Of("index");
        var built = (await Outcome.OfAsync("index", "build", "--index", index, "--model", Model.Folder, "--input", folder.Write("a.txt", "A man is eating food.\nHi\n"))).Done();
        built.Error.ShouldStartWith("indexed 2 vectors");

        // The index knows its model.
        (await Outcome.OfAsync("index", "search", "--index", index, "--query", "Hi", "--top-k", "1")).Done().Lines.ShouldBe(["1\t1.000000\t2\tHi"]);
        var records = folder.Write("b.jsonl", """
            {"id":"x","text":"A monkey is playing drums.","lang":"en","page":3}
            {"text":"Bonjour","lang":"fr"}

            """.ReplaceLineEndings("\n"));
        (await Outcome.OfAsync("index", "add", "--index", index, "--input", records)).Done().Error.ShouldBe("added 2 vectors; the index has 4\n");
        (await Outcome.OfAsync("index", "search", "--index", index, "--query", "A monkey is playing drums.", "--top-k", "1")).Done().Lines.ShouldBe(["1\t1.000000\tx\tA monkey is playing drums."]);
        (await Outcome.OfAsync("index", "search", "--index", index, "--query", "A monkey is playing drums.", "--filter", "lang=fr")).Done().Lines.Single().ShouldEndWith("\t3\tBonjour");
        (await Outcome.OfAsync("index", "delete", "--index", index, "x", "1", "9")).Done().Error.ShouldBe("deleted 2 of 3; the index has 2 vectors\n");
        (await Outcome.OfAsync("index", "compact", "--index", index)).Done();

        var lines = (await Outcome.OfAsync("index", "search", "--index", index, "--queries", folder.Write("q.txt", "Hi\nBonjour\n"), "--top-k", "1", "--format", "json", "--exact")).Done().Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var hit = lines[1].GetProperty("hits")[0];
        (hit.GetProperty("rank").GetInt32(), hit.GetProperty("id").GetInt64(), hit.GetProperty("text").GetString(), hit.GetProperty("lang").GetString()).ShouldBe((1, 3, "Bonjour", "fr"));
        var info = JsonDocument.Parse((await Outcome.OfAsync("index", "info", "--index", index, "--format", "json")).Done().Output).RootElement;
        info.GetProperty("nodes").GetInt32().ShouldBe(2);
        (info.GetProperty("vectors").GetInt32(), info.GetProperty("unlinked").GetInt32(), info.GetProperty("dimension").GetInt32(), info.GetProperty("similarity").GetString()).ShouldBe((2, 0, 32, "cosine"));
        (await Outcome.OfAsync("index", "info", "--index", index)).Done().Output.ShouldContain(Model.Folder);
    }

    [Fact]
    public async Task Vectors_with_ids_and_texts_beside_them_are_indexed_and_recall_is_measured()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        using (var writer = new NpyWriter(folder.Of("v.npy"), 8))
        {
            for (var i = 0; i < 500; i++)
            {
                writer.Write(Enumerable.Range(0, 8).Select(_ => random.NextSingle() - 0.5f).ToArray());
            }

            writer.Complete();
        }

        var ids = folder.Write("ids.txt", string.Concat(Enumerable.Range(0, 500).Select(i => $"doc-{i}\n")));
        var texts = folder.Write("texts.txt", string.Concat(Enumerable.Range(0, 500).Select(i => $"text {i}\n")));
        foreach (var precision in (string[])["float32", "int8", "binary"])
        {
            var index = folder.Of(precision);
            (await Outcome.OfAsync("index", "build", "--index", index, "--input", folder.Of("v.npy"), "--ids", ids, "--texts", texts, "--precision", precision, "--m", "8", "--ef-construction", "50", "--similarity", "euclidean")).Done();
            var lines = (await Outcome.OfAsync("index", "search", "--index", index, "--queries", folder.Of("v.npy"), "--top-k", "1", "--ef", "50")).Done().Lines;
            lines[7].ShouldBe("8\t1\t0.000000\tdoc-7\ttext 7");
            var verified = (await Outcome.OfAsync("index", "verify", "--index", index, "--recall", "--ef", "200")).Done();
            verified.Lines[0].ShouldBe("all checksums agree");
            verified.Lines[1].ShouldStartWith("recall@10 1.0000 at ef 200, 200 queries: ");
            JsonDocument.Parse((await Outcome.OfAsync("index", "verify", "--index", index, "--queries", folder.Of("v.npy"), "--format", "json")).Done().Output)
                .RootElement.GetProperty("recall").GetProperty("recall").GetDouble().ShouldBeGreaterThan(0.9);
        }

        var few = folder.Write("short.txt", "a\nb\n");
        (await Outcome.OfAsync("index", "build", "--index", folder.Of("none"), "--input", folder.Of("v.npy"), "--ids", few)).Error.ShouldContain("there are only 2 ids");
    }

    [Fact]
    public async Task Ids_that_come_twice_numbers_that_are_used_up_and_nothing_at_all_are_refused()
    {
        using var folder = new TemporaryFolder();
        var ids = folder.Write("ids", "1\n9223372036854775807\n");
        var vectors = folder.Write("v.jsonl", """{"embedding":[1,0]}""" + "\n" + """{"embedding":[0,1]}""" + "\n");
        (await Outcome.OfAsync("index", "build", "--index", folder.Of("i"), "--input", vectors, "--ids", ids)).Done();
        (await Outcome.OfAsync("index", "add", "--index", folder.Of("i"), "--input", vectors)).Error.ShouldContain("no whole number is left");
        var twice = folder.Write("w.jsonl", """{"id":"a","embedding":[1,0]}""" + "\n\n" + """{"id":"a","embedding":[0,1]}""" + "\n");
        (await Outcome.OfAsync("index", "add", "--index", folder.Of("i"), "--input", twice)).Error.ShouldContain("the records 1 and 2 have the same id 'a'");
        var empty = await Outcome.OfAsync("index", "build", "--index", folder.Of("j"), "--input", folder.Write("empty.txt", ""));
        empty.Error.ShouldBe($"semblance: {folder.Of("empty.txt")}: the input is empty; at least one text or vector is needed.\n");
        var list = folder.Write("twice", "b\nb\n");
        (await Outcome.OfAsync("index", "add", "--index", folder.Of("i"), "--input", vectors, "--ids", list)).Error.ShouldContain("line 2: the id 'b' is that of line 1 too");
        (await Outcome.OfAsync("index", "info", "--index", folder.Of("i"), "--format", "json")).Done().Output.ShouldContain("\"vectors\":2");
    }

    [Fact]
    public async Task Damage_and_mistakes_are_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        var index = folder.Of("index");
        var input = folder.Write("a.txt", "Hi\nYou\n");
        (await Outcome.OfAsync("index", "build", "--index", index, "--model", Model.Folder, "--input", input)).Done();
        await Fails("there is an index already", "index", "build", "--index", index, "--model", Model.Folder, "--input", input);
        await Fails("there is no such folder", "index", "add", "--index", folder.Of("none"), "--input", input);
        await Fails("is not KEY=VALUE", "index", "search", "--index", index, "--query", "q", "--filter", "lang");
        await Fails("line 1: a JSON object", "index", "add", "--index", index, "--input", folder.Write("b.jsonl", "{\"id\":1}\n"));
        using (HnswIndex.Open(index))
        {
            await Fails("open for writing already", "index", "delete", "--index", index, "1");
        }

        var segment = Directory.EnumerateFiles(index, "*.segment").Single();
        var bytes = File.ReadAllBytes(segment);
        bytes[4100] ^= 1;
        File.WriteAllBytes(segment, bytes);
        var found = await Fails("damaged", "index", "verify", "--index", index);
        found.Lines.ShouldBe([$"{segment}: the checksum of the vectors does not match; restore the index, or build it again."]);

        var wrong = await Outcome.OfAsync("index", "delete", "--index", index);
        (wrong.ExitCode, wrong.Error).ShouldBe((2, "semblance index delete: Give the ids to delete, or a file of them with --ids. See 'semblance index delete --help'.\n"));
        (await Outcome.OfAsync("index", "search", "--index", index)).ExitCode.ShouldBe(2);

        static async Task<Outcome> Fails(string message, params string[] arguments)
        {
            var outcome = await Outcome.OfAsync(arguments);
            (outcome.ExitCode, outcome.ErrorLines.Length).ShouldBe((1, 1), outcome.Error);
            outcome.Error.ShouldContain(message);
            return outcome;
        }
    }
}
