namespace Semblance.Training;

/// <summary>Represents an evaluation task: its files, its evaluator and its headline metrics.</summary>
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

    /// <summary>
    /// Gets the kind: <c>sts</c>, <c>pairs</c>, <c>triplets</c>, <c>transfer</c>, <c>nli</c>, <c>centroid</c>, <c>retrieval</c>,
    /// <c>paraphrase-mining</c>, <c>bitext</c> or <c>clustering</c>.
    /// </summary>
    public string Kind { get; }

    /// <summary>Gets the name in tables.</summary>
    public string Name { get; }

    /// <summary>Gets the files, relative to a folder of data.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>
    /// Gets the file that is tested on and its first test row; earlier rows and the other files may be used for training.
    /// </summary>
    public IReadOnlyDictionary<string, int> Tested { get; }

    /// <summary>Gets the metrics to report, without the name of the similarity function: <c>spearman</c>, <c>ndcg@10</c>.</summary>
    public IReadOnlyList<string> Headline { get; }

    /// <summary>Gets the baseline: <c>bm25</c>, <c>overlap</c> (of characters), or <see langword="null"/> for none.</summary>
    public string? Baseline { get; }

    /// <summary>Evaluates a model.</summary>
    /// <param name="model">
    /// The model: a <see cref="SentenceTransformer"/>, or for tasks of scores, rankings and retrieval another kind of encoder. A
    /// cross-encoder ranks the documents that BM25 finds.
    /// </param>
    /// <param name="folder">The folder of <see cref="Files"/>.</param>
    /// <param name="encoding">The encoding options; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="DatasetException">A file cannot be read, or its data are not sufficient.</exception>
    /// <exception cref="NotSupportedException">The task needs sentence embeddings, which the model does not produce.</exception>
    public EvaluationTaskResult Evaluate(
        ITrainableModel model, string folder, EncodeOptions? encoding = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Named(folder, () =>
        {
            var evaluator = _read(folder, encoding ?? EncodeOptions.Default);
            var metrics = Plain(evaluator.Evaluate(model, cancellationToken), FunctionOf(model));
            return new EvaluationTaskResult(this, metrics, _baseline is null ? null : Plain(_baseline(evaluator), Baseline!));
        });
    }

    /// <summary>Returns texts of the first file: the fields of several words, each once. Encoders can be compared on them.</summary>
    /// <param name="folder">The folder of <see cref="Files"/>.</param>
    /// <param name="count">The maximum number of texts.</param>
    /// <exception cref="DatasetException">The file cannot be read.</exception>
    public IReadOnlyList<string> ReadTexts(string folder, int count) => Named(folder, () =>
    {
        var path = Path.Combine(folder, Files[0]);
        return EvaluationFile.Rows(path, EvaluationFile.ColumnNames(path)).SelectMany(row => row.Fields)
            .Where(field => field.Contains(' ', StringComparison.Ordinal)).Distinct().Take(count).ToList();
    });

    /// <summary>Compares retrieval methods on a task of the kind <c>retrieval</c>.</summary>
    /// <param name="methods">The methods, in the order of the results.</param>
    /// <param name="model">The model.</param>
    /// <param name="rerank">
    /// Creates the retriever of <see cref="RetrievalMethod.Rerank"/>, such as a <see cref="RetrieveAndRerank"/>, from the retriever of the
    /// candidates and the
    /// texts of the corpus; <see langword="null"/> if that method is not among <paramref name="methods"/>.
    /// </param>
    /// <param name="folder">The folder of <see cref="Files"/>.</param>
    /// <param name="encoding">The encoding options; <see langword="null"/> for the defaults.</param>
    /// <param name="encoders">
    /// The models of <see cref="RetrievalMethod.Sparse"/> and <see cref="RetrievalMethod.Tokens"/>; <see langword="null"/> if neither is
    /// among <paramref name="methods"/>.
    /// </param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>All metrics of each method, with the names of <see cref="Headline"/>, from 0 to 1.</returns>
    /// <exception cref="InvalidOperationException">The task is of another kind.</exception>
    /// <exception cref="DatasetException">A file cannot be read.</exception>
    public IReadOnlyDictionary<RetrievalMethod, IReadOnlyDictionary<string, double>> Compare(
        IReadOnlyList<RetrievalMethod> methods,
        SentenceTransformer model,
        Func<IRetriever, IReadOnlyList<string>, IRetriever>? rerank,
        string folder,
        EncodeOptions? encoding = null,
        IReadOnlyDictionary<RetrievalMethod, ITrainableModel>? encoders = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(methods);
        ArgumentNullException.ThrowIfNull(model);
        if (Kind != RetrievalKind)
        {
            throw new InvalidOperationException(
                $"{Name} is of the kind {Kind}; retrieval methods are compared on tasks of the kind {RetrievalKind}.");
        }

        var evaluator = (InformationRetrievalEvaluator)Named(folder, () => _read(folder, encoding ?? EncodeOptions.Default));
        DenseRetriever? dense = null;
        Bm25Index? words = null;
        var results = new OrderedDictionary<RetrievalMethod, IReadOnlyDictionary<string, double>>();
        foreach (var method in methods.Distinct())
        {
            var name = method.ToString().ToLowerInvariant();
            results.Add(method, method is RetrievalMethod.Sparse or RetrievalMethod.Tokens
                ? Encoded(method)
                : Plain(evaluator.Evaluate(corpus => Retriever(method, corpus), name, cancellationToken), name));
        }

        return results;

        OrderedDictionary<string, double> Encoded(RetrievalMethod method)
        {
            var encoder = encoders?.GetValueOrDefault(method)
                ?? throw new ArgumentException($"RetrievalMethod.{method} needs a model.", nameof(encoders));
            return Plain(evaluator.Evaluate(encoder, cancellationToken), FunctionOf(encoder));
        }

        IRetriever Retriever(RetrievalMethod method, IReadOnlyList<string> corpus) => method switch
        {
            RetrievalMethod.Model => dense ??= new DenseRetriever(model, corpus, encoding, null, cancellationToken),
            RetrievalMethod.Bm25 => words ??= new Bm25Index(corpus),
            RetrievalMethod.Hybrid => new HybridSearch([Retriever(RetrievalMethod.Model, corpus), Retriever(RetrievalMethod.Bm25, corpus)]),
            RetrievalMethod.Rerank when rerank is not null => rerank(Retriever(RetrievalMethod.Hybrid, corpus), corpus),
            RetrievalMethod.Rerank => throw new ArgumentNullException(nameof(rerank), "RetrievalMethod.Rerank needs a reranker."),
            _ => throw new ArgumentOutOfRangeException(nameof(methods), method, "The retrieval method is not supported."),
        };
    }

    /// <summary>Creates a task of semantic textual similarity: pairs with scores (<see cref="EmbeddingSimilarityEvaluator"/>).</summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="file">The file of pairs.</param>
    /// <param name="columns">The roles of the columns; <see langword="null"/> to find them by common names.</param>
    /// <param name="overlap"><see langword="true"/> to add character overlap as the baseline; otherwise, <see langword="false"/>.</param>
    public static EvaluationTask Sts(string name, string file, EvaluationColumns? columns = null, bool overlap = false) => new(
        "sts",
        name,
        [file],
        ["spearman"],
        (folder, encoding) =>
        {
            var path = Path.Combine(folder, file);
            var (texts, rows) = EvaluationFile.Read(path, (columns ?? new()).For(path, 2, score: true));
            return new EmbeddingSimilarityEvaluator(texts[0], texts[1], [.. rows.Select(row => (double)row.Score!.Value)])
            {
                Encoding = encoding,
            };
        },
        overlap ? (Overlap, evaluator => ((EmbeddingSimilarityEvaluator)evaluator).Evaluate(CharacterOverlap.Jaccard, Overlap)) : null);

    /// <summary>Creates a task of binary classification: pairs labeled 0 or 1 (<see cref="BinaryClassificationEvaluator"/>).</summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="file">The file of pairs.</param>
    /// <param name="columns">The roles of the columns; <see langword="null"/> to find them by common names.</param>
    /// <param name="overlap"><see langword="true"/> to add character overlap as the baseline; otherwise, <see langword="false"/>.</param>
    /// <param name="from">The first test row, from 0; earlier rows may be used for training. The default is 0.</param>
    public static EvaluationTask Pairs(
        string name, string file, EvaluationColumns? columns = null, bool overlap = false, int from = 0) => new(
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

    /// <summary>Creates a task of triplets: anchors with a positive and a negative (<see cref="TripletEvaluator"/>).</summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="file">The file of triplets.</param>
    /// <param name="columns">The roles of the columns; <see langword="null"/> to find them by common names.</param>
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

    /// <summary>Creates a task of classifying texts or pairs with frozen embeddings (<see cref="TransferEvaluator"/>).</summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="train">The file of the training set.</param>
    /// <param name="test">The file of the test set; <see langword="null"/> for ten-fold cross-validation.</param>
    /// <param name="dev">
    /// The file of the development set, which selects the regularization; <see langword="null"/> for a part of <paramref name="train"/>.
    /// </param>
    /// <param name="columns">The roles of the columns; <see langword="null"/> to find them by common names.</param>
    /// <param name="pairs">
    /// <see langword="true"/> if rows are pairs, as in natural language inference; otherwise, <see langword="false"/>.
    /// </param>
    /// <param name="from">
    /// Without <paramref name="test"/>, the first test row of <paramref name="train"/>, from 0; <see langword="null"/> for
    /// cross-validation.
    /// </param>
    public static EvaluationTask Transfer(
        string name, string train, string? test = null, string? dev = null, EvaluationColumns? columns = null, bool pairs = false,
        int? from = null) => new(
        pairs ? "nli" : "transfer",
        name,
        [train, test, dev],
        ["accuracy"],
        (folder, encoding) =>
        {
            var (first, rest) = EvaluationFile.ReadClasses(
                Path.Combine(folder, train), [In(folder, test), In(folder, dev)], columns ?? new(), pairs ? 2 : 1);
            if (from <= 0 || from >= first.Labels.Count)
            {
                throw new DatasetException(
                    Path.Combine(folder, train), null,
                    $"the file has {first.Labels.Count} rows; a test set from row {from} on leaves the training set or the test set "
                    + "empty.");
            }

            var (learned, held) = test is null && from is { } row ? first.SplitAt(row) : (first, rest[0]);
            return new TransferEvaluator(learned, held, rest[1]) { Encoding = encoding };
        },
        tested: test is null
            ? new() { [train] = from ?? 0 }
            : new[] { test, dev }.OfType<string>().Distinct().ToDictionary(file => file, _ => 0));

    /// <summary>Creates a task of nearest-centroid classification (<see cref="NearestCentroidEvaluator"/>).</summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="train">The file from which the means are computed.</param>
    /// <param name="test">The file to classify.</param>
    /// <param name="columns">The roles of the columns; <see langword="null"/> to find them by common names.</param>
    public static EvaluationTask Centroid(string name, string train, string test, EvaluationColumns? columns = null) => new(
        "centroid",
        name,
        [train, test],
        ["accuracy"],
        (folder, encoding) =>
        {
            var (first, rest) = EvaluationFile.ReadClasses(Path.Combine(folder, train), [In(folder, test)], columns ?? new(), 1);
            return new NearestCentroidEvaluator(first, rest[0]!) { Encoding = encoding };
        },
        tested: new() { [test] = 0 });

    /// <summary>
    /// Creates a task of retrieval (<see cref="InformationRetrievalEvaluator"/>). Documents have the columns <c>doc_id</c>, <c>text</c> and
    /// optionally
    /// <c>title</c>; queries have <c>query_id</c> and <c>text</c> or <c>question</c>.
    /// </summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="corpus">The file of documents.</param>
    /// <param name="queries">The file of queries.</param>
    /// <param name="judgments">
    /// The file of relevance judgments with <c>query_id</c>, <c>doc_id</c> and optionally <c>relevance</c>; <see langword="null"/> for the
    /// column
    /// <c>relevant_doc_id</c> of the queries, or else for equal ids.
    /// </param>
    /// <param name="bm25"><see langword="true"/> to add BM25 as the baseline; otherwise, <see langword="false"/>.</param>
    /// <param name="headline">The metrics to report; <see langword="null"/> for NDCG@10, MRR@10 and recall@10.</param>
    public static EvaluationTask Retrieval(
        string name, string corpus, string queries, string? judgments = null, bool bm25 = false,
        IReadOnlyList<string>? headline = null) => new(
        RetrievalKind,
        name,
        [corpus, queries, judgments],
        headline is null ? ["ndcg@10", "mrr@10", "recall@10"] : [.. headline],
        (folder, encoding) => RetrievalFiles.Read(
            Path.Combine(folder, corpus), Path.Combine(folder, queries), In(folder, judgments), encoding),
        bm25 ? (Bm25, evaluator => ((InformationRetrievalEvaluator)evaluator).EvaluateBm25()) : null);

    /// <summary>
    /// Creates a task of retrieval (<see cref="InformationRetrievalEvaluator"/>) of the sentences that answer a question, among the
    /// sentences of all questions.
    /// </summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="file">
    /// The file of <c>question</c>, <c>sentence</c> and <c>label</c>, 0 for a sentence that does not answer the question.
    /// </param>
    /// <param name="bm25"><see langword="true"/> to add BM25 as the baseline; otherwise, <see langword="false"/>.</param>
    public static EvaluationTask Answers(string name, string file, bool bm25 = false) => new(
        RetrievalKind,
        name,
        [file],
        ["ndcg@10", "mrr@10", "recall@10"],
        (folder, encoding) => RetrievalFiles.ReadAnswers(Path.Combine(folder, file), encoding),
        bm25 ? (Bm25, evaluator => ((InformationRetrievalEvaluator)evaluator).EvaluateBm25()) : null);

    /// <summary>
    /// Creates a task of paraphrase mining among many texts (<see cref="ParaphraseMiningEvaluator"/>): texts with the same label are
    /// paraphrases.
    /// </summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="file">The file of texts with the names of their groups.</param>
    /// <param name="columns">The roles of the columns; <see langword="null"/> to find them by common names.</param>
    public static EvaluationTask Mining(string name, string file, EvaluationColumns? columns = null) => new(
        "paraphrase-mining",
        name,
        [file],
        ["average_precision", "f1"],
        (folder, encoding) =>
        {
            var groups = EvaluationFile.ReadLabeled(Path.Combine(folder, file), columns ?? new(), 1, new LabelNames());
            var pairs = groups.Labels.Index().GroupBy(row => row.Item, row => row.Index).Select(group => group.ToArray())
                .SelectMany(group => group.SelectMany((first, i) => group.Skip(i + 1).Select(second => (first, second))));
            return new ParaphraseMiningEvaluator(groups.Columns[0], pairs) { Encoding = encoding };
        });

    /// <summary>Creates a task of finding translations (<see cref="TranslationEvaluator"/>).</summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="file">The file of sentences and their translations.</param>
    /// <param name="columns">The columns of the two languages; <see langword="null"/> for the first two.</param>
    public static EvaluationTask Bitext(string name, string file, EvaluationColumns? columns = null) => new(
        "bitext",
        name,
        [file],
        ["mean_accuracy"],
        (folder, encoding) =>
        {
            var path = Path.Combine(folder, file);
            var languages = columns?.Texts is null
                ? new EvaluationColumns { Texts = [.. EvaluationFile.ColumnNames(path).Take(2)] }
                : columns;
            var (texts, _) = EvaluationFile.Read(path, languages.For(path, 2));
            return new TranslationEvaluator(texts[0], texts[1]) { Encoding = encoding };
        });

    /// <summary>Creates a task of clustering (<see cref="ClusteringEvaluator"/>).</summary>
    /// <param name="name">The name in tables.</param>
    /// <param name="file">The file of texts with their labels.</param>
    /// <param name="columns">The roles of the columns; <see langword="null"/> to find them by common names.</param>
    public static EvaluationTask Clustering(string name, string file, EvaluationColumns? columns = null) => new(
        "clustering",
        name,
        [file],
        ["v_measure"],
        (folder, encoding) =>
            new ClusteringEvaluator(EvaluationFile.ReadLabeled(Path.Combine(folder, file), columns ?? new(), 1, new LabelNames()))
            {
                Encoding = encoding,
            });

    // The name of the function in the metrics of a model.
    private static string FunctionOf(ITrainableModel model) => model switch
    {
        SentenceTransformer dense => dense.Config.SimilarityFunction.Name(),
        SparseEncoder sparse => sparse.Config.SimilarityFunction.Name(),
        MultiVectorEncoder tokens => tokens.Config.IsMean ? "meanmaxsim" : "maxsim",
        _ => "",
    };

    private static string? In(string folder, string? file) => file is null ? null : Path.Combine(folder, file);

    // Insufficient data is an error of the files.
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

    // Removes the name of the similarity function or method from the metrics.
    private static OrderedDictionary<string, double> Plain(EvaluationResult result, string function) => new(result.Metrics.Select(metric =>
        KeyValuePair.Create(
            function.Length == 0
                ? metric.Key
                : metric.Key.Replace($"{function}_", "", StringComparison.Ordinal).Replace($"_{function}", "", StringComparison.Ordinal),
            metric.Value)));
}
