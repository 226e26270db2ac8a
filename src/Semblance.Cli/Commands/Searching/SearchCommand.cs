using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>search</c>, which finds the lines of a file that match queries best: by embeddings, by BM25 or by both.</summary>
internal sealed class SearchCommand : CliCommand
{
    private readonly Option<string?> _corpus = NewOption.Text(
        "--corpus", "FILE", $"The texts to search: {TextInput.Formats}");
    private readonly Option<string?> _vectors = NewOption.Text(
        "--vectors", "FILE",
        "Precomputed vectors of the corpus: .npy or .safetensors, memory-mapped, or .jsonl; --precision gives the meaning of bytes "
        + "without ranges");
    private readonly Option<string?> _query = NewOption.Text("--query", "TEXT", "The query: writes lines of rank, score, text");
    private readonly Option<string?> _queries = NewOption.Text(
        "--queries", "FILE",
        "Several queries: one per line, or .jsonl, .tsv or .csv with 'text'; writes lines of query number, rank, score, text");
    private readonly Option<int?> _topK = NewOption.Count("--top-k", "The maximum number of hits per query; default: 10");
    private readonly Option<int?> _rescore = NewOption.Count(
        "--rescore", "binary, ubinary: rescores N times --top-k candidates with the unquantized query; default: no rescoring");
    private readonly Option<string?> _corpusPrompt = NewOption.Text(
        "--corpus-prompt", "TEXT", "A text to prepend to each text of the corpus; --prompt and --prompt-name are for queries");
    private readonly Option<bool> _bm25 = new("--bm25") { Description = "Searches with BM25, without a model" };
    private readonly Option<bool> _hybrid = new("--hybrid") { Description = "Searches with embeddings and BM25, and fuses both rankings" };
    private readonly Option<string?> _rerank = new("--rerank")
    {
        Description =
            "Reranks the hits with a cross-encoder, a late-interaction model or the token embeddings of a sentence encoder: "
            + "a folder or a Hub id; default: --model, or the late-interaction head of the bundled model",
        HelpName = "MODEL",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<int?> _candidates = NewOption.Count(
        "--candidates",
        $"--hybrid, --rerank: the number of candidates from the first searches; default: {RetrieveAndRerank.DefaultCandidates}");
    private readonly Option<string> _format = NewOption.Format();
    private readonly Option<string?> _corpusPromptName = NewOption.Text(
        "--corpus-prompt-name", "NAME", "The name of a prompt of the model for the texts of the corpus instead");
    private readonly TextColumn _column;
    private readonly EncodingOptions _encoding;

    public SearchCommand(Host host)
        : base("search", "Finds the lines of a file that are most similar to a query", host)
    {
        Add(_corpus);
        _column = new TextColumn(this);
        Add(_vectors);
        Add(_query);
        Add(_queries);
        Add(_topK);
        Add(_rescore);
        Add(_corpusPrompt);
        Add(_corpusPromptName);
        Add(_bm25);
        Add(_hybrid);
        Add(_rerank);
        Add(_candidates);
        Add(_format);
        _encoding = new EncodingOptions(this);
        Validators.Add(result =>
        {
            if (result.GetResult(_query) is null == result.GetResult(_queries) is null)
            {
                result.AddError("Give one query with --query, or a file of them with --queries.");
            }

            var isPlain = !result.GetValue(_bm25) && !result.GetValue(_hybrid) && result.GetResult(_rerank) is null;
            if (result.GetResult(_corpus) is null && (result.GetResult(_vectors) is null || !isPlain))
            {
                result.AddError("Give the texts to search with --corpus; only a plain vector search can use --vectors alone.");
            }

            if (result.GetValue(_bm25) && result.GetResult(_vectors) is not null)
            {
                result.AddError("--bm25 does not use vectors; leave --vectors out.");
            }

            if (result.GetValue(_bm25) && result.GetValue(_hybrid))
            {
                result.AddError("--hybrid already includes BM25; use --hybrid or --bm25.");
            }

            if (result.GetResult(_candidates) is not null && !result.GetValue(_hybrid) && result.GetResult(_rerank) is null)
            {
                result.AddError("--candidates requires --hybrid or --rerank.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var corpusLines = arguments.GetValue(_corpus) is { } texts ? _column.Open(arguments, texts, Host) : null;
        using var queryLines = arguments.GetValue(_queries) is { } path ? TextInput.Open(path, Host) : null;
        var encoder = arguments.GetValue(_bm25)
            ? null
            : await _encoding.LoadAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        var candidates = arguments.GetValue(_candidates) ?? RetrieveAndRerank.DefaultCandidates;
        var rerank = arguments.GetResult(_rerank) is null
            ? null
            : await ModelOption.LoadRerankerOrHeadAsync(
                arguments.GetValue(_rerank) ?? _encoding.ModelName(arguments), _encoding.Compute(arguments), Host,
                cancellationToken).ConfigureAwait(false);
        var queries = queryLines is null
            ? [arguments.GetValue(_query)!]
            : await queryLines.AllTextsAsync(cancellationToken).ConfigureAwait(false);
        var corpus = corpusLines is null
            ? null
            : await corpusLines.AllTextsAsync(cancellationToken).ConfigureAwait(false);

        var encodingStarted = Stopwatch.GetTimestamp();
        Host.Encoded = corpusLines is null ? null : (corpusLines.Name, corpusLines.Numbers);
        var dense = encoder is null ? null : await DenseAsync(arguments, encoder, corpus, cancellationToken).ConfigureAwait(false);
        Host.Encoded = queryLines is null ? null : (queryLines.Name, queryLines.Numbers);
        var encoded = Stopwatch.GetElapsedTime(encodingStarted).TotalSeconds;

        var searchStarted = Stopwatch.GetTimestamp();
        IRetriever retriever = dense is null ? new Bm25Index(corpus!)
            : arguments.GetValue(_hybrid) ? new HybridSearch([dense, new Bm25Index(corpus!)], new HybridOptions { Candidates = candidates })
            : dense;
        var hits = new List<SearchHit[]>();
        await Host.WithProgressAsync("searching", progress =>
        {
            var search = rerank?.Behind(retriever, corpus!, candidates, _encoding.Batching(arguments, Host)) ?? retriever;
            foreach (var some in queries.Chunk(rerank is null ? Math.Max(1, queries.Count) : 1))
            {
                hits.AddRange(search.Search(some, arguments.GetValue(_topK) ?? 10, cancellationToken));
                progress.Report((double)hits.Count / queries.Count);
            }

            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var searched = Stopwatch.GetElapsedTime(searchStarted).TotalSeconds;

        // Without the texts, a hit is identified by its line number.
        var writer = new HitWriter(Host, arguments.GetValue(_format) == "json", isNumbered: queryLines is not null);
        foreach (var (query, found) in hits.Index())
        {
            writer.Write(queries[query], found.Select(
                hit => new Hit(hit.Score, corpus?[hit.Index]) { Line = corpusLines?.Numbers[hit.Index] ?? hit.Index + 1 }));
        }

        Host.Error.WriteLine(
            Numbers.Invariant($"{(dense is null ? "read" : arguments.GetValue(_vectors) is null ? "encoded" : "opened")} ")
            + Numbers.Invariant($"{retriever.Count:N0} {(corpus is null ? "vectors" : "lines")} in {encoded:F2} s; ")
            + Numbers.Invariant($"searched for {queries.Count:N0} in {searched:F2} s; ")
            + Numbers.Invariant($"{Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s in all"));
    }

    private async Task<DenseRetriever> DenseAsync(
        ParseResult arguments, QuantizingEncoder encoder, List<string>? corpus, CancellationToken cancellationToken)
    {
        var vectors = arguments.GetValue(_vectors) is { } file
            ? Open(file, encoder, _encoding.PrecisionOf(arguments), corpus)
            : await EncodeAsync(encoder, corpus!, arguments, cancellationToken).ConfigureAwait(false);
        var options = new SearchOptions
        {
            Similarity = encoder.Model.Config.SimilarityFunction,
            RescoreMultiplier = arguments.GetValue(_rescore) ?? 0,
            MaxThreads = encoder.Options.MaxThreads ?? int.MaxValue,
        };
        return new DenseRetriever(
            (queries, canceled) => encoder.Model.EncodeQuery(queries, encoder.Options, null, canceled).Vectors, vectors, options);
    }

    private static VectorMatrix Open(string path, QuantizingEncoder encoder, Precision? precision, List<string>? corpus)
    {
        var isBits = precision is Precision.Binary or Precision.UBinary;
        var vectors = VectorMatrix.Open(path, precision, isBits ? encoder.Dimension : null);
        return corpus is null || corpus.Count == vectors.Rows
            ? vectors
            : throw new InputException(
                path,
                $"there are {vectors.Rows} vectors, but {corpus.Count} texts in the corpus; use the texts that the vectors were computed "
                + "from.");
    }

    private async Task<VectorMatrix> EncodeAsync(
        QuantizingEncoder encoder, List<string> corpus, ParseResult arguments, CancellationToken cancellationToken)
    {
        Embeddings? documents = null;
        await Host.WithProgressAsync("encoding", progress =>
        {
            documents = encoder.Model.EncodeDocument(
                corpus,
                encoder.Options with { Prompt = arguments.GetValue(_corpusPrompt), PromptName = arguments.GetValue(_corpusPromptName) },
                new EncodingProgress(progress), cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return encoder.Stored(documents!);
    }
}
