using System.CommandLine;
using System.CommandLine.Parsing;
using Semblance.Cli.Options;
using Semblance.Training;

namespace Semblance.Cli.Commands;

/// <summary>The options that say what to evaluate on.</summary>
internal sealed class TaskOptions
{
    private const string RetrievalKind = "retrieval";

    private static readonly string[] MethodNames = [.. Enum.GetNames<RetrievalMethod>().Select(name => name.ToLowerInvariant())];

    // What --suite takes besides.
    private static readonly string[] OfSuite = ["--tasks", "--methods", "--reranker"];

    // The options that a task needs, and those that it takes besides.
    private static readonly Dictionary<string, (string[] Needed, string[] Taken)> Rules = new()
    {
        ["sts"] = (["--data"], ["--columns", "--score", "--overlap"]),
        ["pairs"] = (["--data"], ["--columns", "--label", "--overlap"]),
        ["triplets"] = (["--data"], ["--columns"]),
        ["transfer"] = (["--data"], ["--test", "--dev", "--columns", "--label"]),
        ["nli"] = (["--data"], ["--test", "--dev", "--columns", "--label"]),
        ["centroid"] = (["--data", "--test"], ["--columns", "--label"]),
        [RetrievalKind] = (["--corpus", "--queries"], ["--qrels", "--bm25", "--methods", "--reranker"]),
        ["paraphrase-mining"] = (["--data"], ["--columns", "--label"]),
        ["bitext"] = (["--data"], ["--columns"]),
        ["clustering"] = (["--data"], ["--columns", "--label"]),
    };

    private readonly Option<string?> _task = new("--task") { Description = "What to evaluate at; its files follow", HelpName = string.Join('|', Rules.Keys) };
    private readonly Option<string?> _suite = NewOption.Text("--suite", "DIR", "A folder of data sets: every task of the table whose files are there");
    private readonly Option<string?> _kinds = NewOption.Text("--tasks", "A,B", "--suite: only tasks of these kinds, such as retrieval,bitext");
    private readonly Option<string?> _methods = NewOption.Text("--methods", "A,B", "retrieval: ways to search in columns beside each other, some of model,bm25,hybrid,rerank; with --suite only those tasks are run");
    private readonly Option<string?> _reranker = NewOption.Text("--reranker", "MODEL", "retrieval: what --methods rerank reranks with, a cross-encoder, a late-interaction model or a sentence encoder, by folder or Hub id; without it, --model");
    private readonly Option<string[]> _data = new("--data") { Description = "The rows, .tsv, .csv or .jsonl, also as .gz; several files are evaluated one by one", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _test = NewOption.Text("--test", "FILE", "transfer, nli, centroid: what the classifier is tested on; without it, ten-fold cross-validation of --data");
    private readonly Option<string?> _dev = NewOption.Text("--dev", "FILE", "transfer, nli: what the penalty is chosen on, with --test; without it, a tenth of --data");
    private readonly Option<string?> _corpus = NewOption.Text("--corpus", "FILE", "retrieval: doc_id, text and perhaps title");
    private readonly Option<string?> _queries = NewOption.Text("--queries", "FILE", "retrieval: query_id, text or question, and perhaps relevant_doc_id");
    private readonly Option<string?> _qrels = NewOption.Text("--qrels", "FILE", "retrieval: query_id, doc_id and perhaps relevance");
    private readonly Option<string?> _columns = NewOption.Text("--columns", "A,B", "The columns of the texts; without it, those with usual names, such as sentence1,sentence2");
    private readonly Option<string?> _score = NewOption.Text("--score", "COLUMN", "sts: how alike the two are; without it, score, relatedness_score, similarity or label");
    private readonly Option<string?> _label = NewOption.Text("--label", "COLUMN", "The class; without it, label, intent, entailment_label, gold_label, category or group_id");
    private readonly Option<bool> _bm25 = new("--bm25") { Description = "retrieval: BM25 beside the model" };
    private readonly Option<bool> _overlap = new("--overlap") { Description = "sts, pairs: the overlap of characters beside the model" };

    public TaskOptions(Command command)
    {
        _task.AcceptOnlyFromAmong([.. Rules.Keys]);
        Option[] options = [_task, _suite, _data, _test, _dev, _corpus, _queries, _qrels, _columns, _score, _label, _bm25, _overlap, _kinds, _methods, _reranker];
        foreach (var option in options)
        {
            command.Add(option);
        }

        command.Validators.Add(result => Validate(result, options[2..]));
    }

    /// <summary>The ways to search that are compared; none where the model is evaluated alone.</summary>
    public IReadOnlyList<RetrievalMethod> Methods(ParseResult arguments) =>
        [.. arguments.GetValue(_methods)?.Split(',').Select(name => Enum.Parse<RetrievalMethod>(name, ignoreCase: true)).Distinct() ?? []];

    /// <summary>The model that reranks, or null for the one that is evaluated.</summary>
    public string? Reranker(ParseResult arguments) => arguments.GetValue(_reranker);

    /// <summary>The tasks, and the folder that their files are in.</summary>
    public (IReadOnlyList<EvaluationTask> Tasks, string Folder) Of(ParseResult arguments)
    {
        if (arguments.GetValue(_suite) is { } folder)
        {
            return Directory.Exists(folder)
                ? ([.. EvaluationSuite.Tasks.Where(suited => Kinds(arguments).Contains(suited.Kind))], folder)
                : throw new DirectoryNotFoundException($"{folder}: there is no such folder; --suite needs the one that has sts, classification and the like in it.");
        }

        var task = arguments.GetValue(_task)!;
        return (task == RetrievalKind ? [Retrieval(arguments)] : [.. arguments.GetValue(_data)!.Select(file => OfFile(task, file, arguments))], "");
    }

    private string[] Kinds(ParseResult arguments) =>
        arguments.GetValue(_methods) is not null ? [RetrievalKind] : arguments.GetValue(_kinds)?.Split(',') ?? [.. Rules.Keys];

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
        if (task is null == result.GetResult(_suite) is null)
        {
            result.AddError("Give a task with --task, or a folder of data sets with --suite.");
        }
        else if (task is null)
        {
            if (given.Except(OfSuite).FirstOrDefault() is { } ofTask)
            {
                result.AddError($"{ofTask} is for --task; --suite knows its files.");
            }
            else if (result.GetValue(_kinds)?.Split(',').Except(Rules.Keys).FirstOrDefault() is { } unknown)
            {
                result.AddError($"There is no kind of task '{unknown}'; there are {string.Join(", ", Rules.Keys)}.");
            }
        }
        else if (Rules[task].Needed.Except(given).FirstOrDefault() is { } missing)
        {
            result.AddError($"--task {task} needs {missing}.");
        }
        else if (given.Except([.. Rules[task].Needed, .. Rules[task].Taken]).FirstOrDefault() is { } extra)
        {
            result.AddError($"--task {task} does not take {extra}.");
        }
        else if (given.Contains("--dev") && !given.Contains("--test"))
        {
            result.AddError("--dev is of use only with --test.");
        }

        ValidateMethods(result);
    }

    private void ValidateMethods(CommandResult result)
    {
        var methods = result.GetValue(_methods)?.Split(',') ?? [];
        if (methods.FirstOrDefault(name => !MethodNames.Contains(name)) is { } unknown)
        {
            result.AddError($"There is no way to search '{unknown}'; there are {string.Join(", ", MethodNames)}.");
        }
        else if (!methods.Contains("rerank") && result.GetResult(_reranker) is not null)
        {
            result.AddError("--reranker is of use only with --methods rerank.");
        }
        else if (methods.Length > 0 && result.GetValue(_kinds) is { } kinds && kinds != RetrievalKind)
        {
            result.AddError($"--methods compares at retrieval tasks; leave out --tasks {kinds}.");
        }
        else if (methods.Length > 0 && result.GetValue(_bm25))
        {
            result.AddError("--bm25 is one of the --methods; leave it out.");
        }
    }
}
