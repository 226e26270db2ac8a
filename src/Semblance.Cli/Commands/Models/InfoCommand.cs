using System.CommandLine;
using System.Text.Json;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>info</c>, which shows the properties of a model and of the machine.</summary>
internal sealed class InfoCommand : CliCommand
{
    private readonly ModelOption _model = new();
    private readonly Option<string> _format = NewOption.Format();

    public InfoCommand(Host host)
        : base("info", "Shows the modules, sizes and files of a model, and the instruction set and threads it runs on", host)
    {
        _model.AddTo(this);
        Add(_format);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(await _model.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false));
        var compute = _model.Compute(arguments);
        if (ModelKinds.Of(folder) is var kind and not ModelKind.SentenceTransformer)
        {
            Write(Facts(folder, kind, compute), arguments.GetValue(_format) == "json");
            return;
        }

        var model = SentenceTransformer.Load(folder, compute);
        var head = ModelKinds.AllOf(folder).Contains(ModelKind.MultiVectorEncoder) ? MultiVectorEncoder.Load(folder, compute) : null;
        Host.Warn([.. model.Warnings, .. head?.Warnings ?? []]);
        var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => (Name: Path.GetRelativePath(folder, file.FullName), Size: Size(file)))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .ToList();
        if (arguments.GetValue(_format) == "json")
        {
            using var output = new JsonLinesWriter(Host.Output);
            output.Write(json => Write(json, folder, model, head, files));
        }
        else
        {
            Write(Host.Text, folder, model, head, files);
        }
    }

    // Returns the properties of a model other than a sentence transformer.
    private List<(string Name, string Value)> Facts(string folder, ModelKind kind, ComputeType compute)
    {
        switch (kind)
        {
            case ModelKind.CrossEncoder:
                var crossEncoder = CrossEncoder.Load(folder, compute);
                Host.Warn(crossEncoder.Warnings);
                return With(
                    crossEncoder.MaxSequenceLength, crossEncoder.Tokenizer.VocabularySize,
                    ("labels", string.Join(", ", crossEncoder.Labels)), ("activation", $"{crossEncoder.Config.Activation}"));
            case ModelKind.SparseEncoder:
                var sparse = SparseEncoder.Load(folder, compute);
                Host.Warn(sparse.Warnings);
                return With(
                    sparse.MaxSequenceLength, ((InputModule)sparse.Modules[0]).VocabularySize,
                    ("dimension", Numbers.Invariant($"{sparse.Dimension}")), ("modules", string.Join(", ", sparse.Modules)));
            case ModelKind.TokenClassifier:
                var tagger = TokenClassifier.Load(folder, compute);
                Host.Warn(tagger.Warnings);
                return With(tagger.MaxSequenceLength, tagger.Tokenizer.VocabularySize, ("labels", string.Join(", ", tagger.Labels)));
            case ModelKind.QuestionAnswerer:
                var answerer = QuestionAnswerer.Load(folder, compute);
                Host.Warn(answerer.Warnings);
                return With(answerer.MaxSequenceLength, answerer.Tokenizer.VocabularySize);
            case ModelKind.SequenceToSequenceModel:
                var generator = SequenceToSequenceModel.Load(folder, compute);
                Host.Warn(generator.Warnings);
                return With(
                    generator.MaxSequenceLength, generator.Tokenizer.VocabularySize,
                    ("max target", Numbers.Invariant($"{generator.Config.MaxTargetLength} tokens")), ("prefix", generator.Config.Prefix),
                    ("tasks", string.Join(", ", generator.Tasks)));
            default:
                var multiVector = MultiVectorEncoder.Load(folder, compute);
                Host.Warn(multiVector.Warnings);
                return With(
                    multiVector.MaxSequenceLength, multiVector.Tokenizer.VocabularySize,
                    ("dimension", Numbers.Invariant($"{multiVector.Dimension}")), ("modules", string.Join(", ", multiVector.Modules)));
        }

        List<(string, string)> With(int length, int vocabulary, params (string, string)[] own) =>
            [
                ("folder", folder), ("kind", $"{kind}"), .. own,
                ("max length", length == int.MaxValue ? "any" : Numbers.Invariant($"{length} tokens")),
                ("vocabulary", Numbers.Invariant($"{vocabulary:N0} tokens")), ("compute", Computing(compute))];
    }

    private void Write(List<(string Name, string Value)> facts, bool asJson)
    {
        if (!asJson)
        {
            facts.ForEach(fact => Host.Text.WriteLine($"{fact.Name,-14}{fact.Value}"));
            return;
        }

        using var output = new JsonLinesWriter(Host.Output);
        output.Write(json => facts.ForEach(fact => json.WriteString(fact.Name.Replace(' ', '_'), fact.Value)));
    }

    private static void Write(
        TextWriter text, string folder, SentenceTransformer model, MultiVectorEncoder? head, List<(string Name, long Size)> files)
    {
        Line("folder", $"{folder}");
        if (head is not null)
        {
            Line("kinds", $"{ModelKind.SentenceTransformer}, {ModelKind.MultiVectorEncoder}");
        }

        Line("dimension", $"{model.Dimension}");
        Line("max length", model.MaxSequenceLength == int.MaxValue ? (FormattableString)$"any" : $"{model.MaxSequenceLength} tokens");
        Line("vocabulary", $"{Input(model).VocabularySize:N0} tokens");
        Line("similarity", $"{model.Config.SimilarityFunction.Name()}");
        Line("parameters", $"{ParameterCount(model):N0} in the {(Input(model) is TransformerModule ? "transformer" : "modules")}");
        Line("instructions", $"{Instructions()}");
        Line("compute", $"{Computing(model.Compute)}");
        Line("threads", $"{Workers.Shared.Count}");
        for (var i = 0; i < model.Modules.Count; i++)
        {
            Line(i == 0 ? "modules" : "", $"{model.Modules[i]}");
        }

        if (head is not null)
        {
            Line("token vectors", $"dimension {head.Dimension}, max length {head.MaxSequenceLength} tokens");
            foreach (var module in head.Modules.Skip(1))
            {
                Line("", $"{module}");
            }
        }

        foreach (var (i, (name, prompt)) in model.Config.Prompts.Index())
        {
            Line(i == 0 ? "prompts" : "", $"{name}{(name == model.Config.DefaultPromptName ? " (default)" : "")}: {prompt}");
        }

        foreach (var (i, (name, size)) in files.Index())
        {
            Line(i == 0 ? "files" : "", $"{name} ({size:N0} bytes)");
        }

        void Line(string name, FormattableString value) => text.WriteLine($"{name,-14}{Numbers.Invariant(value)}");
    }

    private static void Write(
        Utf8JsonWriter json, string folder, SentenceTransformer model, MultiVectorEncoder? head, List<(string Name, long Size)> files)
    {
        json.WriteString("folder", folder);
        json.WriteNumber("dimension", model.Dimension);
        json.WriteNumber("max_length", model.MaxSequenceLength);
        json.WriteNumber("vocabulary", Input(model).VocabularySize);
        json.WriteString("similarity", model.Config.SimilarityFunction.Name());
        json.WriteNumber("parameters", ParameterCount(model));
        json.WriteString("instructions", InstructionSets.Current.ToString());
        json.WriteString("processor_instructions", InstructionSets.Processor.ToString());
        json.WriteString("compute", model.Compute.ToString());
        json.WriteString("kernel", InstructionSets.KernelOf(model.Compute));
        json.WriteNumber("threads", Workers.Shared.Count);
        json.WriteStrings("modules", model.Modules.Select(module => module.ToString()!));
        if (head is not null)
        {
            json.WriteStartObject("multi_vector");
            json.WriteNumber("dimension", head.Dimension);
            json.WriteNumber("max_length", head.MaxSequenceLength);
            json.WriteStrings("modules", head.Modules.Select(module => module.ToString()!));
            json.WriteEndObject();
        }

        json.WriteStartObject("prompts");
        foreach (var (name, prompt) in model.Config.Prompts)
        {
            json.WriteString(name, prompt);
        }

        json.WriteEndObject();
        json.WriteString("default_prompt_name", model.Config.DefaultPromptName);
        json.WriteStartObject("files");
        foreach (var (name, size) in files)
        {
            json.WriteNumber(name, size);
        }

        json.WriteEndObject();
    }

    private static string Instructions() => InstructionSets.Current == InstructionSets.Processor
        ? $"{InstructionSets.Current}"
        : $"{InstructionSets.Current} (the processor has {InstructionSets.Processor})";

    private static string Computing(ComputeType compute) =>
        $"{compute} on {InstructionSets.Current} with {InstructionSets.KernelOf(compute)}";

    private static InputModule Input(SentenceTransformer model) => (InputModule)model.Modules[0];

    private static long ParameterCount(SentenceTransformer model) =>
        Input(model) is TransformerModule { Transformer: var transformer }
            ? transformer.ParameterCount
            : model.Parameters().Sum(parameter => (long)parameter.Value.Length);

    // In the cache of the Hub, files are symbolic links.
    private static long Size(FileInfo file) =>
        file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;
}
