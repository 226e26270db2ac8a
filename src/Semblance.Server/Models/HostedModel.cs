namespace Semblance.Server.Models;

/// <summary>Represents a model of the <see cref="ModelHost"/>, whose lock guards the settable members.</summary>
internal sealed class HostedModel(ServedModel served, string folder)
{
    /// <summary>Gets the model as the options name it.</summary>
    public ServedModel Served { get; } = served;

    /// <summary>Gets the folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>Gets the kinds of the model.</summary>
    public IReadOnlyList<ModelKind> Kinds { get; } = ModelKinds.AllOf(folder);

    /// <summary>Gets the size of the weights on the disk, in bytes, by which the memory of the model is counted.</summary>
    public long Size { get; } = WeightsOf(folder);

    /// <summary>Gets the time at which the files of the model were written.</summary>
    public DateTimeOffset Created { get; } = new(Directory.GetLastWriteTimeUtc(folder), TimeSpan.Zero);

    /// <summary>Gets or sets the task that loads the model; <see langword="null"/> if it is not in memory.</summary>
    public Task<LoadedModel>? Loading { get; set; }

    /// <summary>Gets or sets the number of requests that use the model.</summary>
    public int Users { get; set; }

    /// <summary>Gets or sets the time at which the last request ended, as a timestamp.</summary>
    public long LastUsed { get; set; }

    /// <summary>Gets a value that indicates whether the model is in memory.</summary>
    public bool IsLoaded => Loading is { IsCompletedSuccessfully: true };

    /// <summary>Returns whether the model can do what a request needs.</summary>
    public bool Supports(ModelTask task) => task switch
    {
        ModelTask.Embed => Kinds[0] is ModelKind.SentenceTransformer or ModelKind.SequenceToSequenceModel, // of which the encoder
        ModelTask.EmbedSparse => Kinds[0] == ModelKind.SparseEncoder,
        ModelTask.Rerank => Kinds[0] is ModelKind.CrossEncoder or ModelKind.MultiVectorEncoder || Supports(ModelTask.Embed),
        ModelTask.Classify => Kinds[0] == ModelKind.CrossEncoder,
        ModelTask.Tag => Kinds[0] == ModelKind.TokenClassifier,
        ModelTask.Answer => Kinds[0] == ModelKind.QuestionAnswerer,
        _ => true,
    };

    private static long WeightsOf(string folder) => new DirectoryInfo(folder)
        .EnumerateFiles("*", SearchOption.AllDirectories)
        .Where(file => file.Extension is ".safetensors" or ".bin")
        .Sum(file => file.Length);
}
