using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public sealed class EvaluateCommandTests : IDisposable
{
    private static readonly RecordedModel Recorded = new("mean-normalize");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Similarity_is_the_correlation_times_a_hundred()
    {
        var file = _folder.Write("dev.tsv", "score\tsentence1\tsentence2\n5\ta cat\ta cat\n0\ta cat\tthe moon is far\n");
        var outcome = (await Evaluate("--task", "sts", "--data", file)).Done();
        outcome.Lines.ShouldBe(["task     metric                 model", "dev.tsv  pearson               100.00", "dev.tsv  spearman              100.00"]);
        outcome.ErrorLines.ShouldHaveSingleItem().ShouldStartWith("evaluated 1 task in ");
    }

    [Fact]
    public async Task Several_files_are_evaluated_one_by_one_in_json()
    {
        var first = _folder.Write("first.tsv", "label\tq\tr\n1\ta cat\ta cat\n0\ta cat\tthe moon\n");
        var second = _folder.Write("second.tsv", "label\tq\tr\n0\tabc def\tabc def\n1\ta cat\ta dog\n");
        var lines = (await Evaluate("--task", "pairs", "--data", first, "--data", second, "--columns", "q,r", "--overlap", "--format", "json")).Done().Lines;
        lines.Length.ShouldBe(2);
        using var json = JsonDocument.Parse(lines[0]);
        json.RootElement.GetProperty("task").GetString().ShouldBe("first.tsv");
        json.RootElement.GetProperty("metrics").GetProperty("ap").GetDouble().ShouldBe(100);
        json.RootElement.GetProperty("metrics").GetProperty("f1_threshold").GetDouble().ShouldBeInRange(-1, 1);
        json.RootElement.GetProperty("baseline").GetString().ShouldBe("overlap");
        json.RootElement.GetProperty("baseline_metrics").GetProperty("ap").GetDouble().ShouldBe(100);
        JsonDocument.Parse(lines[1]).RootElement.GetProperty("metrics").GetProperty("ap").GetDouble().ShouldBe(50);
    }

    [Fact]
    public async Task Every_task_takes_its_files()
    {
        var train = _folder.Write("train.tsv", "label\ttext\n" + string.Concat(Enumerable.Range(0, 30).Select(i => i % 2 == 0 ? $"a\tred apple {i}\n" : $"b\tblue moon {i}\n")));
        var test = _folder.Write("test.tsv", "label\ttext\na\tred apple\nb\tblue moon\n");
        var nli = _folder.Write("nli.tsv", "label\tpremise\thypothesis\n" + string.Concat(Enumerable.Range(0, 30).Select(i => i % 2 == 0 ? $"yes\tred {i}\tred {i}\n" : $"no\tred {i}\tblue moon {i}\n")));
        var triplets = _folder.Write("triplets.tsv", "anchor\tpositive\tnegative\na cat\ta cat\tthe moon\n");
        var groups = _folder.Write("groups.tsv", "group_id\ttext\n1\tred apple\n1\tred apple\n2\tblue moon\n");
        var bitext = _folder.Write("bitext.tsv", "en\tzh\nred\tred\nmoon\tmoon\n");
        var corpus = _folder.Write("corpus.tsv", "doc_id\ttext\n1\tred apple\n2\tblue moon\n");
        var queries = _folder.Write("queries.tsv", "query_id\ttext\n2\tblue moon\n");
        var qrels = _folder.Write("qrels.tsv", "query_id\tdoc_id\n2\t2\n");
        await Reaches("accuracy", "--task", "transfer", "--data", train);
        await Reaches("accuracy", "--task", "transfer", "--data", train, "--test", test, "--dev", test);
        await Reaches("accuracy", "--task", "nli", "--data", nli);
        await Reaches("accuracy", "--task", "centroid", "--data", train, "--test", test);
        await Reaches("accuracy", "--task", "triplets", "--data", triplets);
        await Reaches("average_precision", "--task", "paraphrase-mining", "--data", groups);
        await Reaches("mean_accuracy", "--task", "bitext", "--data", bitext);
        await Reaches("v_measure", "--task", "clustering", "--data", train);
        var retrieval = await Reaches("ndcg@10", "--task", "retrieval", "--corpus", corpus, "--queries", queries, "--qrels", qrels, "--bm25");
        retrieval.Lines.ShouldContain(line => line.StartsWith("corpus.tsv  ndcg@10 ", StringComparison.Ordinal) && line.EndsWith("100.00 bm25", StringComparison.Ordinal));

        static async Task<Outcome> Reaches(string metric, params string[] arguments)
        {
            var outcome = (await Evaluate(arguments)).Done();
            var line = outcome.Lines.Single(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == metric);
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2].ShouldBe("100.00", string.Join(' ', arguments));
            return outcome;
        }
    }

    [Fact]
    public async Task Encoders_of_every_kind_are_evaluated_on_retrieval()
    {
        var corpus = _folder.Write("corpus.tsv", "doc_id\ttext\n1\tred apple\n2\tblue moon\n");
        var queries = _folder.Write("queries.tsv", "query_id\ttext\n2\tblue moon\n");
        var qrels = _folder.Write("qrels.tsv", "query_id\tdoc_id\n2\t2\n");
        var tokens = _folder.Of("tokens");
        MultiVectorEncoder.Of(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"))).Save(tokens);
        foreach (var (model, metric) in ((string, string)[])[
            (Fixtures.Own("st/splade"), "corpus_active_dims"), (tokens, "ndcg@10"), (Fixtures.Own("st/cross-encoder"), "ndcg@10")])
        {
            var lines = (await Outcome.OfAsync(
                "evaluate", "--model", model, "--task", "retrieval", "--corpus", corpus, "--queries", queries, "--qrels", qrels, "--bm25"))
                .Done().Lines;
            lines.ShouldContain(line => line.StartsWith($"corpus.tsv  {metric} ", StringComparison.Ordinal));
            lines.ShouldContain(line => line.StartsWith("corpus.tsv  ndcg@10 ", StringComparison.Ordinal) && line.EndsWith("100.00 bm25", StringComparison.Ordinal));
        }

        (await Outcome.OfAsync("evaluate", "--model", tokens, "--task", "retrieval", "--corpus", corpus, "--queries", queries, "--normalize"))
            .Error.ShouldContain("--normalize: it is for dense vectors, but the model produces a vector for each token; leave it out.");
    }

    [Fact]
    public async Task A_suite_leaves_out_what_is_missing_and_says_so()
    {
        Directory.CreateDirectory(_folder.Of("sts/sts13"));
        _folder.Write("sts/sts13/pairs.tsv", "source\tscore\tsentence1\tsentence2\nx\t5\ta cat\ta cat\nx\t0\ta cat\tthe moon is far\n");
        var outcome = (await Evaluate("--suite", _folder.Path)).Done();
        outcome.Lines.ShouldBe(["task   metric                 model", "STS13  spearman              100.00"]);
        outcome.Error.ShouldContain("intent/banking77/train.tsv.gz is missing, so Banking77 is left out.");
        (await Evaluate("--suite", _folder.Of("sts"))).ExitCode.ShouldBe(CommandLine.Failed);
    }

    [Fact]
    public async Task Ways_to_search_stand_beside_each_other()
    {
        Directory.CreateDirectory(_folder.Of("retrieval/cisi"));
        Directory.CreateDirectory(_folder.Of("sts/sts13"));
        _folder.Write("sts/sts13/pairs.tsv", "score\tsentence1\tsentence2\n5\ta cat\ta cat\n0\ta cat\tthe moon is far\n");
        var corpus = _folder.Write("retrieval/cisi/corpus.tsv", "doc_id\ttext\n1\tred apple\n2\tblue moon\n");
        File.Move(corpus, corpus + ".plain");
        using (var packed = new System.IO.Compression.GZipStream(File.Create(corpus + ".gz"), System.IO.Compression.CompressionLevel.Fastest))
        {
            packed.Write(File.ReadAllBytes(corpus + ".plain"));
        }

        var queries = _folder.Write("retrieval/cisi/queries.tsv", "query_id\ttext\n2\tblue moon\n");
        _folder.Write("retrieval/cisi/qrels.tsv", "query_id\tdoc_id\n2\t2\n");
        var reranker = Fixtures.Own("st/cross-encoder");
        var outcome = (await Evaluate("--suite", _folder.Path, "--methods", "bm25,model,hybrid,rerank", "--reranker", reranker)).Done();
        string[][] cells = [.. outcome.Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        cells[0].ShouldBe(["task", "metric", "bm25", "model", "hybrid", "rerank"]);
        cells.Skip(1).Select(row => row[1]).ShouldBe(["ndcg@10", "mrr@10", "recall@100"]);
        cells.Skip(1).ShouldAllBe(row => row[0] == "CISI" && row.Length == 6 && row[2] == "100.00" && row[3] == "100.00" && row[4] == "100.00");

        var line = (await Evaluate("--task", "retrieval", "--corpus", corpus + ".gz", "--queries", queries, "--methods", "model,bm25", "--format", "json")).Done().Lines.ShouldHaveSingleItem();
        using var json = JsonDocument.Parse(line);
        json.RootElement.GetProperty("methods").EnumerateObject().Select(method => method.Name).ShouldBe(["model", "bm25"]);
        json.RootElement.GetProperty("methods").GetProperty("bm25").GetProperty("ndcg@10").GetDouble().ShouldBe(100);

        var encoders = (await Evaluate(
            "--suite", _folder.Path, "--methods", "sparse,tokens", "--sparse", Fixtures.Own("st/splade"))).Done();
        encoders.Lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["CISI", "ndcg@10", "100.00", "100.00"]);

        (await Evaluate("--suite", _folder.Path, "--tasks", "sts")).Done().Lines.Skip(1).ShouldHaveSingleItem().ShouldStartWith("STS13");
    }

    [Theory]
    [InlineData("Give a task with --task, or a folder of data sets with --suite.")]
    [InlineData("--task sts needs --data.", "--task", "sts")]
    [InlineData("--task centroid needs --test.", "--task", "centroid", "--data", "x")]
    [InlineData("--task retrieval needs --queries.", "--task", "retrieval", "--corpus", "x")]
    [InlineData("--task sts does not take --bm25.", "--task", "sts", "--data", "x", "--bm25")]
    [InlineData("--methods has 'magic'; it can have model, bm25, hybrid, rerank, sparse, tokens.", "--suite", "x", "--methods", "model,magic")]
    [InlineData("--reranker requires --methods rerank.", "--suite", "x", "--methods", "model", "--reranker", "y")]
    [InlineData("--methods sparse and --sparse MODEL require each other.", "--suite", "x", "--methods", "model,sparse")]
    [InlineData("--tokens requires --methods tokens.", "--suite", "x", "--methods", "model", "--tokens", "y")]
    [InlineData("--methods applies to retrieval tasks only; leave out --tasks sts.", "--suite", "x", "--methods", "model", "--tasks", "sts")]
    [InlineData("--bm25 is one of the --methods; leave it out.", "--task", "retrieval", "--corpus", "x", "--queries", "y", "--bm25", "--methods", "model")]
    [InlineData("--tasks has 'magic'; it can have sts, pairs, triplets, transfer, nli, centroid, retrieval, paraphrase-mining, bitext, clustering.", "--suite", "x", "--tasks", "sts,magic")]
    [InlineData("--task sts does not take --tasks.", "--task", "sts", "--data", "x", "--tasks", "sts")]
    [InlineData("--dev requires --test.", "--task", "transfer", "--data", "x", "--dev", "y")]
    [InlineData("--data is for --task; leave it out with --suite.", "--suite", "x", "--data", "y")]
    [InlineData("Give a task with --task, or a folder of data sets with --suite.", "--suite", "x", "--task", "sts")]
    public async Task A_wrong_command_line_is_said_to_be(string message, params string[] arguments)
    {
        var outcome = await Evaluate(arguments);
        outcome.ExitCode.ShouldBe(CommandLine.Wrong);
        outcome.Error.ShouldBe($"semblance evaluate: {message} See 'semblance evaluate --help'.\n");
    }

    [Fact]
    public async Task A_file_that_does_not_fit_is_one_line()
    {
        var file = _folder.Write("x.tsv", "label\tsentence1\tsentence2\nmaybe\ta\tb\n");
        var outcome = await Evaluate("--task", "pairs", "--data", file);
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        outcome.ErrorLines.ShouldHaveSingleItem().ShouldBe($"semblance: {file}, line 2: there is no label 'maybe'; the 2 labels are 0, 1.");
        (await Evaluate("--task", "pairs", "--data", file, "--precision", "binary")).Error.ShouldContain("--precision");
    }

    private static Task<Outcome> Evaluate(params string[] arguments) => Outcome.OfAsync(["evaluate", "--model", Recorded.Folder, .. arguments]);
}
