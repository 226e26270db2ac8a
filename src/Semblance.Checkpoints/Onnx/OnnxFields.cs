namespace Semblance.Checkpoints;

/// <summary>
/// The numbers of the fields of <see href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</see> in use.
/// </summary>
internal static class OnnxFields
{
    internal static class Model
    {
        public const int IrVersion = 1, ProducerName = 2, ProducerVersion = 3, Graph = 7, OperatorSets = 8;
    }

    internal static class OperatorSet
    {
        public const int Domain = 1, Version = 2;
    }

    internal static class Graph
    {
        public const int Nodes = 1, Name = 2, Initializers = 5, Inputs = 11, Outputs = 12;
    }

    internal static class Node
    {
        public const int Inputs = 1, Outputs = 2, Name = 3, Operator = 4, Attributes = 5, Domain = 7;
    }

    internal static class Attribute
    {
        public const int Name = 1, Number = 2, Integer = 3, Text = 4, Tensor = 5, Numbers = 7, Integers = 8, Type = 20;
    }

    internal static class Tensor
    {
        public const int Dimensions = 1, Element = 2, Floats = 4, Int32s = 5, Int64s = 7, Name = 8, RawData = 9, Doubles = 10, ExternalData = 13,
            DataLocation = 14;
    }

    internal static class Entry
    {
        public const int Key = 1, Value = 2;
    }

    internal static class Value
    {
        public const int Name = 1, Type = 2;
    }

    internal static class ValueType
    {
        public const int Tensor = 1;
    }

    internal static class TensorType
    {
        public const int Element = 1, Shape = 2;
    }

    internal static class Shape
    {
        public const int Dimensions = 1;
    }

    internal static class Dimension
    {
        public const int Size = 1, Name = 2;
    }
}
