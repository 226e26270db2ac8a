using System.CommandLine;
using System.Numerics.Tensors;
using System.Reflection;
using System.Runtime.InteropServices;
using Semblance.Checkpoints;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>doctor</c>, which checks what runs on this machine: processor, memory, cache and the bundled model.</summary>
internal sealed class DoctorCommand : CliCommand
{
    private const int WidthOfNames = 20;
    private const float Tolerance = 1e-3f;

    // The first elements of the vectors of the bundled model, as they were recorded with its release.
    private static readonly (string Text, float[] Vector)[] Recorded =
    [
        (
            "The library opens at nine in the morning.",
            [-0.06147f, -0.19074f, -0.04779f, -0.07634f, -0.08520f, 0.05371f, -0.10567f, 0.20892f]),
        ("图书馆早上九点开门。", [-0.05815f, -0.25521f, -0.14483f, -0.04446f, -0.13627f, 0.03673f, -0.10208f, 0.25363f]),
    ];

    private readonly Option<string> _format = NewOption.Format();

    public DoctorCommand(Host host)
        : base("doctor", "Checks the installation: instruction set, memory, threads, cache and bundled model", host) => Add(_format);

    protected override Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        Check[] checks =
        [
            Version(), Instructions(), Kernels(), Threads(), Memory(), Cache(), .. Models(), Bundled(cancellationToken),
        ];
        if (arguments.GetValue(_format) == "json")
        {
            using var lines = new JsonLinesWriter(Host.Output);
            foreach (var check in checks)
            {
                lines.Write(json =>
                {
                    json.WriteString("status", check.Status);
                    json.WriteString("name", check.Name);
                    json.WriteString("value", check.Value);
                });
            }
        }
        else
        {
            foreach (var check in checks)
            {
                Host.Text.WriteLine($"{check.Status,-8}{check.Name.PadRight(WidthOfNames)}{check.Value}");
            }
        }

        var failed = checks.Where(check => check.Status == Check.Failed).Select(check => check.Name).ToArray();
        return failed.Length == 0
            ? Task.CompletedTask
            : throw new IOException($"{string.Join(", ", failed)}: failed; the lines above say what was found and what to do.");
    }

    private static Check Version() => Check.Fine(
        "version",
        $"{typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}, "
        + $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.RuntimeIdentifier}");

    private static Check Instructions() =>
        InstructionSets.Warning is { } slow ? new(Check.Warning, "instruction set", slow)
        : InstructionSets.Current == InstructionSets.Processor ? Check.Fine("instruction set", $"{InstructionSets.Current}")
        : new(
            Check.Warning, "instruction set",
            $"{InstructionSets.Current} by SEMBLANCE_INSTRUCTION_SET; the processor has {InstructionSets.Processor}");

    private static Check Kernels() => Check.Fine("kernels", string.Join(
        ", ",
        Enum.GetValues<ComputeType>().Select(type => $"{type.ToString().ToLowerInvariant()}: {InstructionSets.KernelOf(type)}")));

    private static Check Threads() => Check.Fine(
        "threads", Numbers.Invariant($"{Workers.Shared.Count} of {Environment.ProcessorCount} logical processors"));

    private static Check Memory() => Check.Fine(
        "memory", Numbers.Invariant($"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20:N0} MiB for this process"));

    private static Check Cache()
    {
        var options = new HubOptions();
        return Check.Fine(
            "cache", options.CacheFolder + (Directory.Exists(options.CacheFolder) ? "" : " (does not exist yet)")
            + (options.Offline ? "; HF_HUB_OFFLINE prevents downloads" : ""));
    }

    // The models in the cache, each with its state.
    private static IEnumerable<Check> Models()
    {
        const string Prefix = "models--";
        using var hub = new HubClient();
        var cache = new HubOptions().CacheFolder;
        var names = Directory.Exists(cache) ? Directory.EnumerateDirectories(cache, Prefix + "*") : [];
        foreach (var id in names.Select(folder => Path.GetFileName(folder)[Prefix.Length..].Replace("--", "/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            yield return hub.FindCached(id) is not null
                ? Check.Fine("cached model", id)
                : new Check(Check.Warning, "cached model", $"{id} is not complete; 'semblance download {id}' completes it");
        }
    }

    private Check Bundled(CancellationToken cancellationToken)
    {
        const string Name = "bundled model";
        try
        {
            var folder = Host.DefaultModelFolder;
            var model = SentenceTransformer.Load(folder);
            var vectors = model.Encode([.. Recorded.Select(recorded => recorded.Text)], null, null, cancellationToken).Vectors;
            var difference = Recorded.Select((recorded, i) => recorded.Vector.Length <= vectors.Columns
                ? TensorPrimitives.Distance(vectors.Row(i)[..recorded.Vector.Length], recorded.Vector)
                : float.PositiveInfinity).Max();
            return difference <= Tolerance
                ? Check.Fine(Name, Numbers.Invariant($"{folder}: gives its recorded vectors (difference {difference:G2})"))
                : new Check(
                    Check.Failed, Name,
                    Numbers.Invariant($"{folder}: the vectors differ by {difference:G3} from the recorded ones, more than {Tolerance}; ")
                    + "install it again, or try SEMBLANCE_INSTRUCTION_SET=Portable and report the processor");
        }
        catch (Exception e) when (e is IOException or FormatException or NotSupportedException)
        {
            return new Check(Check.Failed, Name, Failure.Describe(e));
        }
    }

    private sealed record Check(string Status, string Name, string Value)
    {
        public const string Warning = "warning", Failed = "failed";

        public static Check Fine(string name, string value) => new("ok", name, value);
    }
}
