namespace Semblance;

/// <summary>Represents a model that is loaded from a folder of its kind.</summary>
/// <typeparam name="TSelf">The type of the model.</typeparam>
public interface ILoadable<TSelf>
    where TSelf : ILoadable<TSelf>
{
    /// <summary>Gets the kind of model.</summary>
    static abstract ModelKind Kind { get; }

    /// <summary>Loads the model of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable"><see langword="true"/> to load parameters that can be trained; otherwise, <see langword="false"/>.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FormatException">
    /// A file of the model is damaged, belongs to another kind of model, or has a setting that is not supported.
    /// </exception>
    /// <exception cref="IOException">A file of the model cannot be read.</exception>
    static abstract TSelf LoadFolder(string folder, bool trainable);

    /// <summary>Loads the base model of an adapter, to which the adapter is then attached.</summary>
    /// <param name="folder">The folder of the adapter, which can have settings of the model.</param>
    /// <param name="model">The folder of the base model.</param>
    /// <param name="trainable"><see langword="true"/> to load parameters that can be trained; otherwise, <see langword="false"/>.</param>
    /// <returns>The model.</returns>
    static virtual TSelf LoadBase(string folder, string model, bool trainable) => TSelf.LoadFolder(model, trainable);
}
