namespace Semblance.Extensions.AI;

/// <summary>Represents the source of a model of any type, for the warm-up and the health check.</summary>
internal interface IModelSource
{
    /// <summary>Gets the name of the model.</summary>
    string Id { get; }

    /// <summary>Gets a value that indicates whether the model is loaded.</summary>
    bool IsLoaded { get; }

    /// <summary>Gets the error of the last attempt to load the model; <see langword="null"/> if there is none.</summary>
    Exception? Error { get; }

    /// <summary>Loads the model, if that has not happened yet.</summary>
    Task LoadAsync(CancellationToken cancellationToken);
}
