namespace Semblance.Training;

/// <summary>A task to evaluate models at: files, what is done with them, and which metrics the field reports.</summary>
public sealed class EvaluationTask
{
    private const string RetrievalKind = "retrieval";
    private const string Bm25 = "bm25";
    private const string Overlap = "overlap";

    private readonly Func<string, EncodeOptions, Evaluator> _read;
    private readonly Func<Evaluator, EvaluationResult>? _baseline;

    private EvaluationTask(
        string kind,
        string name,
        string?[] files,
        string[] headline,
        Func<string, EncodeOptions, Evaluator> read,
        (string Name, Func<Evaluator, EvaluationResult> Evaluate)? baseline = null,
        Dictionary<string, int>? tested = null)
    {
        (Kind, Name, Headline, _read) = (kind, name, headline, read);
        Files = [.. files.OfType<string>()];
        Tested = tested ?? Files.Distinct().ToDictionary(file => file, _ => 0);
        (Baseline, _baseline) = (baseline?.Name, baseline?.Evaluate);
    }

    /// <summary>What is done: <c>sts</c>, <c>pairs</c>, <c>triplets</c>, <c>transfer</c>, <c>nli</c>, <c>centroid</c>, <c>retrieval</c>, <c>paraphrase-mining</c>, <c>bitext</c> or <c>clustering</c>.</summary>
    public string Kind { get; }

    /// <summary>What it is called in a table.</summary>
    public string Name { get; }

    /// <summary>Its files, relative to a folder of data.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Which of them a model is tested on, and from which row: what comes before, and the other files, a model may learn from.</summary>
    public IReadOnlyDictionary<string, int> Tested { get; }

    /// <summary>The metrics that the field reports, named without the similarity: <c>spearman</c>, <c>ndcg@10</c>.</summary>
    public IReadOnlyList<string> Headline { get; }

    /// <summary>What stands beside the model: <c>bm25</c>, <c>overlap</c> (of characters), or null for nothing.</summary>
    public string? Baseline { get; }

    /// <summary>Evaluates a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder that <see cref="Files"/> are in.</param>
    /// <param name="encoding">How texts are encoded; as the model says without.</param>
    /// <param name="cancellationToken">Stops between two operations.</param>
    /// <exception cref="DatasetException">A file cannot be read, or has too little to evaluate on.</exception>
    public EvaluationTaskResult Evaluate(SentenceTransformer model, string folder, EncodeOptions? encoding = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Named(folder, () =>
        {
            var evaluator = _read(folder, encoding ?? EncodeOptions.Default);
            var metrics = Plain(evaluator.Evaluate(model, cancellationToken), model.Config.SimilarityFunction.Name());
            return new EvaluationTaskResult(this, metrics, _baseline is null ? null : Plain(_baseline(evaluator), Baseline!));
        });
    }

    /// <summary>Compares ways to search, at a task of the kind <c>retrieval</c>.</summary>
    /// <param name="methods">The ways, in the order of the results.</param>
    /// <param name="model">The model.</param>
    /// <param name="rerank">
    /// What <see cref="RetrievalMethod.Rerank"/> is, such as a <see cref="RetrieveAndRerank"/>, given what finds the candidates and the texts that it searches; null where
    /// that is not asked for.
    /// </param>
    /// <param name="folder">The folder that <see cref="Files"/> are in.</param>
    /// <param name="encoding">How texts are encoded; as the model says without.</param>
    /// <param name="cancellationToken">Stops between two operations.</param>
    /// <returns>For each way every metric, as <see cref="Headline"/> names them; parts of 1.</returns>
    /// <exception cref="InvalidOperationException">The task is of another kind.</exception>
    /// <exception cref="DatasetException">A file cannot be read.</exception>
    public IReadOnlyDictionary<RetrievalMethod, IReadOnlyDictionary<string, double>> Compare(
        IReadOnlyList<RetrievalMethod> methods,
        SentenceTransformer model,
        Func<IRetriever, IReadOnlyList<string>, IRetriever>? rerank,
        string folder,
        EncodeOptions? encoding = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(methods);
        ArgumentNullException.ThrowIfNull(model);
        if (Kind != RetrievalKind)
        {
            throw new InvalidOperationException($"{Name} is of the kind {Kind}; ways to search are compared at the kind {RetrievalKind}.");
        }

        var evaluator = (InformationRetrievalEvaluator)Named(folder, () => _read(folder, encoding ?? EncodeOptions.Default));
        DenseRetriever? dense = null;
        Bm25Index? words = null;
        var results = new OrderedDictionary<RetrievalMethod, IReadOnlyDictionary<string, double>>();
        foreach (var method in methods.Distinct())
        {
            var name = method.ToString().ToLowerInvariant();
            results.Add(method, Plain(evaluator.Evaluate(corpus => Retriever(method, corpus), name, cancellationToken), name));
        }

        return results;

        IRetriever Retriever(RetrievalMethod method, IReadOnlyList<string> corpus) => method switch
        {
            RetrievalMethod.Model => dense ??= new DenseRetriever(model, corpus, encoding, null, cancellationToken),
            RetrievalMethod.Bm25 => words ??= new Bm25Index(corpus),
            RetrievalMethod.Hybrid => new HybridSearch([Retriever(RetrievalMethod.Model, corpus), Retriever(RetrievalMethod.Bm25, corpus)]),
            RetrievalMethod.Rerank => (rerank ?? throw new ArgumentNullException(nameof(rerank), "Reranking needs a model that reranks."))(Retriever(RetrievalMethod.Hybrid, corpus), corpus),
            _ => throw new ArgumentOutOfRangeException(nameof(methods), method, "There is no such way to search."),
        };
    }

    /// <summary>Semantic textual similarity of pairs with scores (<see cref="EmbeddingSimilarityEvaluator"/>).</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="file">The pairs.</param>
    /// <param name="columns">Which columns are what; found by their names without.</param>
    /// <param name="overlap">Whether the overlap of characters stands beside the model.</param>
    public static EvaluationTask Sts(string name, string file, EvaluationColumns? columns = null, bool overlap = false) => new(
        "sts",
        name,
        [file],
        ["spearman"],
        (folder, encoding) =>
        {
            var path = Path.Combine(folder, file);
            var (texts, rows) = EvaluationFile.Read(path, (columns ?? new()).For(path, 2, score: true));
            return new EmbeddingSimilarityEvaluator(texts[0], texts[1], [.. rows.Select(row => (double)row.Score!.Value)]) { Encoding = encoding };
        },
        overlap ? (Overlap, evaluator => ((EmbeddingSimilarityEvaluator)evaluator).Evaluate(CharacterOverlap.Jaccard, Overlap)) : null);

    /// <summary>Pairs labelled 0 or 1, told apart by one threshold (<see cref="BinaryClassificationEvaluator"/>).</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="file">The pairs.</param>
    /// <param name="columns">Which columns are what; found by their names without.</param>
    /// <param name="overlap">Whether the overlap of characters stands beside the model.</param>
    /// <param name="from">The first row that counts, from 0: those before are left to learn from.</param>
    public static EvaluationTask Pairs(string name, string file, EvaluationColumns? columns = null, bool overlap = false, int from = 0) => new(
        "pairs",
        name,
        [file],
        ["accuracy", "f1", "ap"],
        (folder, encoding) =>
        {
            var path = Path.Combine(folder, file);
            var (texts, rows) = EvaluationFile.Read(path, (columns ?? new()).For(path, 2, labels: new LabelNames("0", "1")), from);
            return new BinaryClassificationEvaluator(texts[0], texts[1], [.. rows.Select(row => row.Label == 1)]) { Encoding = encoding };
        },
        overlap ? (Overlap, evaluator => ((BinaryClassificationEvaluator)evaluator).Evaluate(CharacterOverlap.Jaccard, Overlap)) : null,
        new() { [file] = from });

    /// <summary>Anchors with a closer and a farther text (<see cref="TripletEvaluator"/>).</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="file">The triplets.</param>
    /// <param name="columns">Which columns are what; found by their names without.</param>
    public static EvaluationTask Triplets(string name, string file, EvaluationColumns? columns = null) => new(
        "triplets",
        name,
        [file],
        ["accuracy"],
        (folder, encoding) =>
        {
            var path = Path.Combine(folder, file);
            var (texts, _) = EvaluationFile.Read(path, (columns ?? new()).For(path, 3));
            return new TripletEvaluator(texts[0], texts[1], texts[2]) { Encoding = encoding };
        });

    /// <summary>Classification of texts, or of pairs, on frozen vectors (<see cref="TransferEvaluator"/>).</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="train">What the classifier learns from.</param>
    /// <param name="test">What it is tested on; ten-fold cross-validation without.</param>
    /// <param name="dev">What the penalty is chosen on; a part of <paramref name="train"/> without.</param>
    /// <param name="columns">Which columns are what; found by their names without.</param>
    /// <param name="pairs">Whether a row is a pair, as in natural language inference.</param>
    /// <param name="from">Without <paramref name="test"/>, the row of <paramref name="train"/>, from 0, that the test begins with; null for cross-validation.</param>
    public static EvaluationTask Transfer(
        string name, string train, string? test = null, string? dev = null, EvaluationColumns? columns = null, bool pairs = false, int? from = null) => new(
        pairs ? "nli" : "transfer",
        name,
        [train, test, dev],
        ["accuracy"],
        (folder, encoding) =>
        {
            var (first, rest) = ReadClasses(folder, train, [test, dev], columns, pairs ? 2 : 1);
            if (from <= 0 || from >= first.Labels.Count)
            {
                throw new DatasetException(Path.Combine(folder, train), null, $"it has {first.Labels.Count} rows; a test that begins at row {from} leaves nothing to learn from or to test on.");
            }

            var (learned, held) = test is null && from is { } row ? first.SplitAt(row) : (first, rest[0]);
            return new TransferEvaluator(learned, held, rest[1]) { Encoding = encoding };
        },
        tested: test is null ? new() { [train] = from ?? 0 } : new[] { test, dev }.OfType<string>().Distinct().ToDictionary(file => file, _ => 0));

    /// <summary>Classification by the nearest class mean (<see cref="NearestCentroidEvaluator"/>).</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="train">What the means are taken of.</param>
    /// <param name="test">What is classified.</param>
    /// <param name="columns">Which columns are what; found by their names without.</param>
    public static EvaluationTask Centroid(string name, string train, string test, EvaluationColumns? columns = null) => new(
        "centroid",
        name,
        [train, test],
        ["accuracy"],
        (folder, encoding) =>
        {
            var (first, rest) = ReadClasses(folder, train, [test], columns, 1);
            return new NearestCentroidEvaluator(first, rest[0]!) { Encoding = encoding };
        },
        tested: new() { [test] = 0 });

    /// <summary>
    /// Search (<see cref="InformationRetrievalEvaluator"/>). Documents have the columns <c>doc_id</c>, <c>text</c> and perhaps
    /// <c>title</c>; questions <c>query_id</c> and <c>text</c> or <c>question</c>.
    /// </summary>
    /// <param name="name">What it is called.</param>
    /// <param name="corpus">The documents.</param>
    /// <param name="queries">The questions.</param>
    /// <param name="judgements">
    /// Rows of <c>query_id</c>, <c>doc_id</c> and perhaps <c>relevance</c>; without, the column <c>relevant_doc_id</c> of the
    /// questions says which document answers, or else the equal id does.
    /// </param>
    /// <param name="bm25">Whether BM25 stands beside the model.</param>
    /// <param name="headline">The metrics to report; NDCG@10, MRR@10 and recall@10 without.</param>
    public static EvaluationTask Retrieval(
        string name, string corpus, string queries, string? judgements = null, bool bm25 = false, IReadOnlyList<string>? headline = null) => new(
        RetrievalKind,
        name,
        [corpus, queries, judgements],
        headline is null ? ["ndcg@10", "mrr@10", "recall@10"] : [.. headline],
        (folder, encoding) => RetrievalFiles.Read(
            Path.Combine(folder, corpus), Path.Combine(folder, queries), judgements is null ? null : Path.Combine(folder, judgements), encoding),
        bm25 ? (Bm25, evaluator => ((InformationRetrievalEvaluator)evaluator).EvaluateBm25()) : null);

    /// <summary>Search (<see cref="InformationRetrievalEvaluator"/>) for the sentences that answer a question, among the sentences of all questions.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="file">Rows of <c>question</c>, <c>sentence</c> and <c>label</c>, 0 where the sentence does not answer.</param>
    /// <param name="bm25">Whether BM25 stands beside the model.</param>
    public static EvaluationTask Answers(string name, string file, bool bm25 = false) => new(
        RetrievalKind,
        name,
        [file],
        ["ndcg@10", "mrr@10", "recall@10"],
        (folder, encoding) => RetrievalFiles.ReadAnswers(Path.Combine(folder, file), encoding),
        bm25 ? (Bm25, evaluator => ((InformationRetrievalEvaluator)evaluator).EvaluateBm25()) : null);

    /// <summary>Finding paraphrases among many texts (<see cref="ParaphraseMiningEvaluator"/>): all texts with one label mean the same.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="file">The texts, and the name of the group that each belongs to.</param>
    /// <param name="columns">Which columns are what; found by their names without.</param>
    public static EvaluationTask Mining(string name, string file, EvaluationColumns? columns = null) => new(
        "paraphrase-mining",
        name,
        [file],
        ["average_precision", "f1"],
        (folder, encoding) =>
        {
            var groups = EvaluationFile.ReadLabelled(Path.Combine(folder, file), columns ?? new(), 1, new LabelNames());
            var pairs = groups.Labels.Index().GroupBy(row => row.Item, row => row.Index).Select(group => group.ToArray())
                .SelectMany(group => group.SelectMany((first, i) => group.Skip(i + 1).Select(second => (first, second))));
            return new ParaphraseMiningEvaluator(groups.Columns[0], pairs) { Encoding = encoding };
        });

    /// <summary>Finding translations (<see cref="TranslationEvaluator"/>).</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="file">Sentences and their translations.</param>
    /// <param name="columns">The columns of the two languages; the first two without.</param>
    public static EvaluationTask Bitext(string name, string file, EvaluationColumns? columns = null) => new(
        "bitext",
        name,
        [file],
        ["mean_accuracy"],
        (folder, encoding) =>
        {
            var path = Path.Combine(folder, file);
            var languages = columns?.Texts is null ? new EvaluationColumns { Texts = [.. EvaluationFile.ColumnNames(path).Take(2)] } : columns;
            var (texts, _) = EvaluationFile.Read(path, languages.For(path, 2));
            return new TranslationEvaluator(texts[0], texts[1]) { Encoding = encoding };
        });

    /// <summary>Finding the classes of texts again, without having seen any (<see cref="ClusteringEvaluator"/>).</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="file">The texts with their classes.</param>
    /// <param name="columns">Which columns are what; found by their names without.</param>
    public static EvaluationTask Clustering(string name, string file, EvaluationColumns? columns = null) => new(
        "clustering",
        name,
        [file],
        ["v_measure"],
        (folder, encoding) => new ClusteringEvaluator(EvaluationFile.ReadLabelled(Path.Combine(folder, file), columns ?? new(), 1, new LabelNames())) { Encoding = encoding });

    // The classes are those of the first file; a name that it lacks is a fault of the other file.
    private static (LabelledTexts First, LabelledTexts?[] Others) ReadClasses(string folder, string first, string?[] rest, EvaluationColumns? columns, int texts)
    {
        var names = new LabelNames();
        var read = EvaluationFile.ReadLabelled(Path.Combine(folder, first), columns ?? new(), texts, names);
        var known = new LabelNames(names.Names);
        return (read, Array.ConvertAll(rest, file => file is null ? null : EvaluationFile.ReadLabelled(Path.Combine(folder, file), columns ?? new(), texts, known)));
    }

    // Too little data is a fault of the files.
    private T Named<T>(string folder, Func<T> evaluate)
    {
        try
        {
            return evaluate();
        }
        catch (EvaluationDataException e)
        {
            throw new DatasetException(string.Join(", ", Files.Select(file => Path.Combine(folder, file))), null, e.Problem, e);
        }
    }

    // Metrics without the name of what they compare by.
    private static OrderedDictionary<string, double> Plain(EvaluationResult result, string function) => new(result.Metrics.Select(metric =>
        KeyValuePair.Create(metric.Key.Replace($"{function}_", "", StringComparison.Ordinal).Replace($"_{function}", "", StringComparison.Ordinal), metric.Value)));
}
