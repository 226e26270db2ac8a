using System.CommandLine;
using System.CommandLine.Parsing;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Files;
using Semblance.Training;

namespace Semblance.Cli.Commands;

/// <summary>Represents the options that select the evaluation tasks.</summary>
internal sealed class TaskOptions
{
    private const string RetrievalKind = "retrieval";

    /// <summary>The kinds of tasks of models with a head for them.</summary>
    public const string EntitiesKind = "ner", LabelsKind = "labels", AnswersKind = "answers",
        SummariesKind = "summaries", TranslationKind = "translation";

    private static readonly string[] MethodNames = [.. Enum.GetNames<RetrievalMethod>().Select(name => name.ToLowerInvariant())];

    // The options that can be combined with --suite.
    private static readonly string[] OfSuite = ["--tasks", "--methods", "--reranker", "--sparse", "--tokens"];

    // The options that a task requires, and those that it accepts in addition.
    private static readonly Dictionary<string, (string[] Needed, string[] Taken)> Rules = new()
    {
        ["sts"] = (["--data"], ["--columns", "--score", "--overlap"]),
        ["pairs"] = (["--data"], ["--columns", "--label", "--overlap"]),
        ["triplets"] = (["--data"], ["--columns"]),
        ["transfer"] = (["--data"], ["--test", "--dev", "--columns", "--label"]),
        ["nli"] = (["--data"], ["--test", "--dev", "--columns", "--label"]),
        ["centroid"] = (["--data", "--test"], ["--columns", "--label"]),
        [RetrievalKind] = (["--corpus", "--queries"], ["--qrels", "--bm25", "--methods", "--reranker", "--sparse", "--tokens"]),
        ["paraphrase-mining"] = (["--data"], ["--columns", "--label"]),
        ["bitext"] = (["--data"], ["--columns"]),
        ["clustering"] = (["--data"], ["--columns", "--label"]),
        [EntitiesKind] = (["--data"], ["--train", "--scheme"]),
        [LabelsKind] = (["--data"], ["--train", "--columns", "--label"]),
        [AnswersKind] = (["--data"], ["--contexts", "--first"]),
        [SummariesKind] = (["--data"], ["--columns", "--first", "--num-beams", "--stemming"]),
        [TranslationKind] = (["--data"], ["--columns", "--first", "--num-beams"]),
    };

    // The kinds of tasks of models with a head for them; the others are of sentence encoders.
    private static readonly string[] HeadKinds = [EntitiesKind, LabelsKind, AnswersKind, SummariesKind, TranslationKind];

    private readonly Option<string?> _task = new("--task")
    {
        Description = "The kind of task, whose files other options give",
    };
    private readonly Option<string?> _suite = NewOption.Text(
        "--suite", "DIR", "A folder of benchmark data sets: evaluates every task whose files exist");
    private readonly Option<string?> _kinds = NewOption.Text(
        "--tasks", "A,B", "--suite: the kinds of tasks to run, such as retrieval,bitext; default: all");
    private readonly Option<string?> _methods = NewOption.Text(
        "--methods", "A,B",
        "retrieval: the methods to compare in columns, from model,bm25,hybrid,rerank,sparse,tokens; with --suite, runs only retrieval tasks");
    private readonly Option<string?> _reranker = NewOption.Text(
        "--reranker", "MODEL",
        "retrieval: the model of --methods rerank, a cross-encoder, late-interaction model or sentence encoder: a folder or a Hub id; "
        + "default: --model");
    private readonly Option<string[]> _data = new("--data")
    {
        Description = "The data: .tsv, .csv or .jsonl, may be .gz; evaluates several files one by one",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string?> _test = NewOption.Text(
        "--test", "FILE", "transfer, nli, centroid: the test set; default (not for centroid): ten-fold cross-validation of --data");
    private readonly Option<string?> _dev = NewOption.Text(
        "--dev", "FILE", "transfer, nli: the development set that selects the regularization, with --test; default: a tenth of --data");
    private readonly Option<string?> _corpus = NewOption.Text(
        "--corpus", "FILE", "retrieval: the corpus with doc_id, text and optionally title");
    private readonly Option<string?> _queries = NewOption.Text(
        "--queries", "FILE", "retrieval: the queries with query_id, text or question, and optionally relevant_doc_id");
    private readonly Option<string?> _qrels = NewOption.Text(
        "--qrels", "FILE", "retrieval: the relevance judgments with query_id, doc_id and optionally relevance");
    private readonly Option<string?> _columns = NewOption.Text(
        "--columns", "A,B", "The text columns; default: common names such as sentence1,sentence2");
    private readonly Option<string?> _score = NewOption.Text(
        "--score", "COLUMN", "sts: the column of gold similarity scores; default: score, relatedness_score, similarity or label");
    private readonly Option<string?> _label = NewOption.Text(
        "--label", "COLUMN", "The column of labels; default: label, intent, entailment_label, gold_label, category or group_id");
    private readonly Option<bool> _bm25 = new("--bm25") { Description = "retrieval: also evaluates BM25 as a baseline" };
    private readonly Option<bool> _overlap = new("--overlap")
    {
        Description = "sts, pairs: also evaluates character overlap as a baseline",
    };

    private readonly Option<string?> _sparse = NewOption.Text("--sparse", "MODEL", "The sparse encoder of --methods sparse");
    private readonly Option<string?> _tokens = NewOption.Text(
        "--tokens", "MODEL", "The late-interaction model of --methods tokens; default: the evaluated model's head, or its token vectors");
    private readonly Option<string?> _train = NewOption.Text(
        "--train", "FILE", "ner, labels: the training data, from which baselines are trained: the most frequent tags, a bag of words");
    private readonly Option<string?> _scheme = NewOption.Text(
        "--scheme", "SCHEME", "ner: the scheme that entities must follow exactly: iob1, iob2, ioe1, ioe2, iobes or bilou");
    private readonly Option<string?> _contexts = NewOption.Text(
        "--contexts", "FILE", "answers: the texts with doc_id and text that the questions name by relevant_doc_id");
    private readonly Option<int?> _first = NewOption.Count(
        "--first", "answers, summaries, translation: the number of rows to evaluate; default: all");
    private readonly Option<int?> _numBeams = NewOption.Count(
        "--num-beams", "summaries, translation: the number of beams of beam search; default: that of the model");
    private readonly Option<bool> _stemming = new("--stemming") { Description = "summaries: ROUGE compares the stems of English words" };

    private readonly bool _required;

    /// <summary>Initializes a new instance of the <see cref="TaskOptions"/> class.</summary>
    /// <param name="command">The command to which the options are added.</param>
    /// <param name="required">
    /// <see langword="true"/>, the default, if the command needs a task and has baselines and other methods; otherwise,
    /// <see langword="false"/>.
    /// </param>
    public TaskOptions(Command command, bool required = true)
    {
        _required = required;
        _task.Accept([.. required ? Rules.Keys : SuiteKinds]);
        Option[] options =
        [
            _task, _suite, _data, _test, _dev, _corpus, _queries, _qrels, _columns, _score, _label, _kinds,
            .. required
                ? (ReadOnlySpan<Option>)
                    [_bm25, _overlap, _methods, _reranker, _sparse, _tokens, _train, _scheme, _contexts, _first, _numBeams, _stemming]
                : [],
        ];
        foreach (var option in options)
        {
            command.Add(option);
        }

        command.Validators.Add(result => Validate(result, options[2..]));
    }

    /// <summary>Returns the task of a model with a head for it, or <see langword="null"/> for the tasks of sentence encoders.</summary>
    public HeadTask? HeadTaskOf(ParseResult arguments) => arguments.GetValue(_task) is { } kind && HeadKinds.Contains(kind)
        ? new HeadTask(kind, arguments.GetValue(_data)!)
        {
            Train = arguments.GetValue(_train),
            Scheme = arguments.GetValue(_scheme),
            Columns = arguments.GetValue(_columns)?.Split(','),
            Label = arguments.GetValue(_label),
            Contexts = arguments.GetValue(_contexts),
            First = arguments.GetValue(_first),
            NumBeams = arguments.GetValue(_numBeams),
            Stemming = arguments.GetValue(_stemming),
        }
        : null;

    /// <summary>Returns the retrieval methods to compare; an empty list to evaluate the model alone.</summary>
    public IReadOnlyList<RetrievalMethod> Methods(ParseResult arguments) =>
        [.. arguments.GetValue(_methods)?.Split(',').Select(name => Enum.Parse<RetrievalMethod>(name, ignoreCase: true)).Distinct() ?? []];

    /// <summary>Returns the model that reranks, or <see langword="null"/> for the evaluated model.</summary>
    public string? Reranker(ParseResult arguments) => arguments.GetValue(_reranker);

    /// <summary>Returns the sparse encoder, or <see langword="null"/>.</summary>
    public string? Sparse(ParseResult arguments) => arguments.GetValue(_sparse);

    /// <summary>Returns the late-interaction model, or <see langword="null"/> for the evaluated model.</summary>
    public string? Tokens(ParseResult arguments) => arguments.GetValue(_tokens);

    /// <summary>Returns whether a task or a folder of data sets is given.</summary>
    public bool AreGiven(ParseResult arguments) => arguments.GetValue(_task) is not null || arguments.GetValue(_suite) is not null;

    /// <summary>Returns the tasks and the folder of their files; of a suite, those tasks whose files exist.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="log">Receives a note for each task that is left out.</param>
    /// <exception cref="FileNotFoundException">A file of the task does not exist.</exception>
    /// <exception cref="InputException">The folder has the files of no task.</exception>
    public (IReadOnlyList<EvaluationTask> Tasks, string Folder) Of(ParseResult arguments, TextWriter log)
    {
        if (arguments.GetValue(_suite) is { } folder)
        {
            if (!Directory.Exists(folder))
            {
                throw new DirectoryNotFoundException(
                    $"{folder}: the folder does not exist; --suite needs the folder that contains sts, classification and so on.");
            }

            EvaluationTask[] tasks =
                [.. EvaluationSuite.Tasks.Where(suited => Kinds(arguments).Contains(suited.Kind) && IsThere(suited, folder, log))];
            return tasks.Length > 0
                ? (tasks, folder)
                : throw new InputException(
                    folder, "the folder has the files of no task; give the folder that contains sts, classification and so on.");
        }

        var task = arguments.GetValue(_task)!;
        EvaluationTask[] given =
            task == RetrievalKind ? [Retrieval(arguments)] : [.. arguments.GetValue(_data)!.Select(file => OfFile(task, file, arguments))];
        return given.SelectMany(own => own.Files).FirstOrDefault(file => !File.Exists(file)) is { } missing
            ? throw new FileNotFoundException($"{missing}: the file does not exist; --task {task} needs it.")
            : (given, "");
    }

    private static IEnumerable<string> SuiteKinds => Rules.Keys.Except(HeadKinds);

    private string[] Kinds(ParseResult arguments) =>
        arguments.GetValue(_methods) is not null ? [RetrievalKind] : arguments.GetValue(_kinds)?.Split(',') ?? [.. SuiteKinds];

    private static bool IsThere(EvaluationTask task, string folder, TextWriter log)
    {
        var missing = task.Files.FirstOrDefault(file => !File.Exists(Path.Combine(folder, file)));
        if (missing is not null)
        {
            log.WriteLine($"note: {Path.Combine(folder, missing)} is missing, so {task.Name} is left out.");
        }

        return missing is null;
    }

    private EvaluationTask Retrieval(ParseResult arguments)
    {
        var (corpus, queries) = (arguments.GetValue(_corpus)!, arguments.GetValue(_queries)!);
        return EvaluationTask.Retrieval(Path.GetFileName(corpus), corpus, queries, arguments.GetValue(_qrels), arguments.GetValue(_bm25));
    }

    private EvaluationTask OfFile(string task, string file, ParseResult arguments)
    {
        var columns = new EvaluationColumns
        {
            Texts = arguments.GetValue(_columns)?.Split(','),
            Score = arguments.GetValue(_score),
            Label = arguments.GetValue(_label),
        };
        var (test, dev, overlap) = (arguments.GetValue(_test), arguments.GetValue(_dev), arguments.GetValue(_overlap));
        var name = Path.GetFileName(file);
        return task switch
        {
            "sts" => EvaluationTask.Sts(name, file, columns, overlap),
            "pairs" => EvaluationTask.Pairs(name, file, columns, overlap),
            "triplets" => EvaluationTask.Triplets(name, file, columns),
            "transfer" => EvaluationTask.Transfer(name, file, test, dev, columns),
            "nli" => EvaluationTask.Transfer(name, file, test, dev, columns, pairs: true),
            "centroid" => EvaluationTask.Centroid(name, file, test!, columns),
            "paraphrase-mining" => EvaluationTask.Mining(name, file, columns),
            "clustering" => EvaluationTask.Clustering(name, file, columns),
            _ => EvaluationTask.Bitext(name, file, columns),
        };
    }

    private void Validate(CommandResult result, Option[] ofTasks)
    {
        var given = ofTasks.Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToArray();
        var task = result.GetResult(_task) is { } named && !named.Errors.Any() ? named.GetValueOrDefault<string?>() : null;
        if (!_required && given.Length == 0 && result.GetResult(_task) is null && result.GetResult(_suite) is null)
        {
            return;
        }

        var rule = task is null ? default : Rules.GetValueOrDefault(task);
        if (task is not null && rule == default)
        {
            return; // the option itself reports an unknown task, after this
        }

        if (task is null == result.GetResult(_suite) is null)
        {
            result.AddError("Give a task with --task, or a folder of data sets with --suite.");
        }
        else if (task is null)
        {
            if (given.Except(OfSuite).FirstOrDefault() is { } ofTask)
            {
                result.AddError($"{ofTask} is for --task; leave it out with --suite.");
            }
            else if (result.GetValue(_kinds)?.Split(',').Except(SuiteKinds).FirstOrDefault() is { } unknown)
            {
                result.AddError(
                    $"--tasks has '{unknown}'; it can have {string.Join(", ", SuiteKinds)}.{SimilarName.Question(unknown, SuiteKinds)}");
            }
        }
        else if (rule.Needed.Except(given).FirstOrDefault() is { } missing)
        {
            result.AddError($"--task {task} needs {missing}.");
        }
        else if (given.Except([.. rule.Needed, .. rule.Taken]).FirstOrDefault() is { } extra)
        {
            result.AddError($"--task {task} does not take {extra}.");
        }
        else if (given.Contains("--dev") && !given.Contains("--test"))
        {
            result.AddError("--dev requires --test.");
        }

        ValidateMethods(result);
    }

    private void ValidateMethods(CommandResult result)
    {
        var methods = result.GetValue(_methods)?.Split(',') ?? [];
        if (methods.FirstOrDefault(name => !MethodNames.Contains(name)) is { } unknown)
        {
            result.AddError(
                $"--methods has '{unknown}'; it can have {string.Join(", ", MethodNames)}.{SimilarName.Question(unknown, MethodNames)}");
        }
        else if (!methods.Contains("rerank") && result.GetResult(_reranker) is not null)
        {
            result.AddError("--reranker requires --methods rerank.");
        }
        else if (methods.Contains("sparse") == result.GetResult(_sparse) is null)
        {
            result.AddError("--methods sparse and --sparse MODEL require each other.");
        }
        else if (!methods.Contains("tokens") && result.GetResult(_tokens) is not null)
        {
            result.AddError("--tokens requires --methods tokens.");
        }
        else if (methods.Length > 0 && result.GetValue(_kinds) is { } kinds && kinds != RetrievalKind)
        {
            result.AddError($"--methods applies to retrieval tasks only; leave out --tasks {kinds}.");
        }
        else if (methods.Length > 0 && result.GetValue(_bm25))
        {
            result.AddError("--bm25 is one of the --methods; leave it out.");
        }
    }
}
